import { TOO_LARGE_TEXT, WireText } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'

export const noProfiles = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_NO_PROFILES',
    kind: 'input',
    message: 'The segment asks for no rendition.',
    remedy: 'Send at least one profile.',
  })

/** `Forbidden` is what peers get for a body that is not the one that was announced (wire.md §6.4). */
export const hashMismatch = (observed: string, limit: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_SEGMENT_HASH',
    kind: 'input',
    message: 'The segment is not the one whose hash was sent.',
    remedy: 'Send the bytes that were hashed; look for a proxy that changes bodies.',
    observed,
    limit,
    wireText: WireText.forbidden,
  })

export const tooLarge = (what: string, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_TOO_LARGE',
    kind: 'limit',
    message: `${what}: ${TOO_LARGE_TEXT}.`,
    remedy: 'Cut shorter segments or lower the bit rate.',
    limit,
    wireText: WireText.internal,
  })

export const noRoom = (what: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_NO_ROOM',
    kind: 'limit',
    message: `${what} does not fit beside all that is being received and transcoded already.`,
    remedy: 'Lower maxSessions; if there are few sessions, look who floods this orchestrator.',
    wireText: WireText.busy,
  })

export const bodyStalled = (what: string, received: number, limit: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_STALLED',
    kind: 'peer',
    message: `${what} stopped arriving.`,
    remedy: 'Look at the network between the peers.',
    observed: `${received} bytes received`,
    limit,
    wireText: WireText.internal,
  })

export const bodyBroken = (what: string, received: number, cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_BROKEN',
    kind: 'peer',
    message: `${what} broke off.`,
    remedy: 'Look at the network between the peers.',
    observed: `${received} bytes received`,
    wireText: WireText.internal,
    cause,
  })

export const downloadFailed = (url: string, why: string, cause?: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_SEGMENT_DOWNLOAD',
    kind: 'peer',
    message: `The segment could not be fetched from where the broadcaster put it: ${why}.`,
    remedy: 'Check that the URL is http or https and can be reached from here.',
    observed: url,
    wireText: WireText.badRequest,
    cause,
  })

/** Retrying elsewhere would not help, so the text is one that stops a broadcaster from doing so (wire.md §7.5). */
export const emptySegment = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_SEGMENT_EMPTY',
    kind: 'input',
    message: 'The segment has no bytes.',
    remedy: 'Send the video in the body.',
    wireText: 'TranscoderInvalidVideo',
  })

/** Nobody reads the answer: the job is not even begun. */
export const clientGone = (sessionId: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_BROADCASTER_GONE',
    kind: 'peer',
    message: `The broadcaster of session ${sessionId} gave up before its segment's turn came.`,
    remedy: 'It takes longer than it may: attach faster transcoders, or lower maxSessions.',
  })
