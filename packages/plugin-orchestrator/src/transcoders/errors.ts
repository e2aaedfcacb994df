import { WireText } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'

/** Texts of wire.md §7.4 and §10.1; peers match some of them exactly. */
export const noneAvailable = (of: {
  attached: number
  full: number
  draining: number
  suspended: number
}): LivepeerError =>
  new LivepeerError({
    code: 'LP_NO_TRANSCODER',
    kind: 'limit',
    message:
      of.attached === 0
        ? 'No transcoder is attached.'
        : `Of ${of.attached} transcoders none takes it: ${of.full} are full, ${of.draining} drain, ${of.suspended} are suspended.`,
    remedy: 'Attach another transcoder, or raise the capacity of one.',
    observed: of.attached,
    wireText: WireText.noTranscoders,
  })

export const noneCapable = (attached: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_NO_TRANSCODER_CAPABLE',
    kind: 'limit',
    message: 'No attached transcoder has the capabilities and the version that the job needs.',
    remedy: 'Attach one that has them.',
    observed: attached,
    wireText: WireText.noCapableTranscoders,
  })

export const tookTooLong = (transcoder: string, limitMs: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_TRANSCODER_TIMEOUT',
    kind: 'peer',
    message: `Transcoder ${transcoder} did not deliver in time.`,
    remedy: 'Look at its load, and whether it can reach the service URI of this orchestrator.',
    limit: limitMs,
    wireText: WireText.transcoderTimeout,
  })

export const lost = (transcoder: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TRANSCODER_LOST',
    kind: 'peer',
    message: `Transcoder ${transcoder} went away while it was at work.`,
    wireText: WireText.noTranscoders,
  })

/** The verdict of a plugin that places work. */
export const verdictForeign = (id: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_DISPATCH_FOREIGN',
    kind: 'bug',
    message: 'A plugin placed a segment with a transcoder that was not among those it was shown.',
    remedy: 'Let the handler of worker.dispatch return one of its first argument.',
    observed: id,
  })

/** What the transcoder said goes to the broadcaster letter by letter. */
export const reported = (transcoder: string, text: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TRANSCODER_ERROR',
    kind: 'peer',
    message: `Transcoder ${transcoder} could not do it: ${text}`,
    wireText: text,
  })

export const mismatched = (observed: number, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_RESULT_COUNT',
    kind: 'peer',
    message: 'The transcoder returned another number of renditions than was asked for.',
    observed,
    limit,
    wireText: WireText.mismatchedSegments,
  })

export const tooSmall = (name: string, observed: number, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_RESULT_EMPTY',
    kind: 'peer',
    message: `Rendition ${name} came back without video.`,
    observed,
    limit,
    wireText: WireText.zeroSegments,
  })

export const registration = (why: 'secret' | 'capacity', observed?: string): LivepeerError =>
  new LivepeerError({
    code: why === 'secret' ? 'LP_SECRET_REFUSED' : 'LP_REGISTER_CAPACITY',
    kind: 'peer',
    message:
      why === 'secret'
        ? 'A transcoder tried to attach with another secret.'
        : 'A transcoder tried to attach without room for a session.',
    remedy: why === 'secret' ? 'Give both sides the same orchSecret.' : 'Set maxSessions of the transcoder above 0.',
    ...(observed !== undefined && { observed }),
    wireText: why === 'secret' ? WireText.invalidSecret : WireText.zeroCapacity,
  })

/** A result that cannot be read; the text also goes back to the transcoder. */
export const resultUnreadable = (why: string, cause?: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_RESULT_UNREADABLE',
    kind: 'peer',
    message: `A transcoder's result could not be read: ${why}.`,
    wireText: why,
    cause,
  })

/** Its text is not one after which a transcoder gives up for good: it may come back with a number that is true. */
export const overstated = (observed: bigint, limit: bigint): LivepeerError =>
  new LivepeerError({
    code: 'LP_REGISTER_OVERSTATED',
    kind: 'peer',
    message: 'A transcoder tried to attach with more sessions than any machine can take.',
    remedy: 'Set its maxSessions to what it really takes, or to auto.',
    observed: String(observed),
    limit: String(limit),
    wireText: 'capacity too large',
  })

/** As `overstated`: it may come back when there is room. */
export const crowded = (observed: number, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_REGISTER_CROWDED',
    kind: 'limit',
    message: 'So many transcoders are attached with this credential that no more are let in.',
    remedy:
      'Look at the list of transcoders. If they are yours, give some of them a token of their own; if not, revoke it.',
    observed,
    limit,
    wireText: 'too many transcoders',
  })

/** Somebody else's work: neither used nor held against whose task it is. */
export const notTheOwner = (owner: string, sender: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_RESULT_NOT_OWNER',
    kind: 'peer',
    message: `A result for a task of transcoder ${owner} came from ${sender}.`,
    remedy: 'Look at who that is. Where transcoders belong to several people, give each a token of its own.',
    observed: sender,
    limit: owner,
    wireText: WireText.forbidden,
  })
