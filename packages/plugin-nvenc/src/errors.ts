import { BACKEND_LOST, LivepeerError } from '@livepeer-node/sdk'

/** A card that was tested fails in a way that nobody knows. */
export function cardUnusable(card: number, why: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_UNAVAILABLE',
    kind: 'environment',
    message: `NVIDIA card ${card} does not transcode: ${why}`,
    observed: { card },
    remedy: 'Check the card with nvidia-smi, give this process access to it, or take it out of `nvidia`.',
    cause,
  })
}

/** The operator wants all cards, and there is none. */
export function noCards(why: LivepeerError): LivepeerError {
  return new LivepeerError({
    code: why.code,
    kind: 'environment',
    message: `No NVIDIA card transcodes here. ${why.message}`,
    remedy: `${why.remedy ?? ''} Or leave \`nvidia\` out.`.trim(),
    cause: why,
  })
}

export interface LimitMet {
  readonly card: number
  /** Encoders that the session needs. */
  readonly needed: number
  /** Encoders open here. */
  readonly open: number
  readonly line: string
}

/** The driver gives no more encoders: to whoever claimed last. */
export function sessionLimit({ card, needed, open, line }: LimitMet): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_SESSION_LIMIT',
    kind: 'limit',
    message: `The NVIDIA driver opens no more encoders on card ${card}: this session needs ${needed}, ${open} are open here.`,
    observed: line,
    remedy:
      'Take fewer sessions or renditions, or use cards and drivers without the limit; it counts for all consumer cards and all programs together.',
    wireText: 'TranscoderBusy',
  })
}

/** The card of a session fails: whoever claims the session now has it. */
export function sessionLost(card: number, cause: unknown): LivepeerError {
  const why = cause instanceof Error ? ` ${cause.message}` : ''
  return new LivepeerError({
    code: BACKEND_LOST,
    kind: 'limit',
    message: `A session has to leave NVIDIA card ${card}.${why}`,
    observed: { card },
    remedy: 'Nothing for the session: it goes on elsewhere. See the line about the card.',
    wireText: 'TranscoderBusy',
    cause,
  })
}

/** Sessions crash on a card that passes its test. */
export function cardCrashes(card: number, sessions: number, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_CARD_CRASHES',
    kind: 'environment',
    message: `The media processes of ${sessions} sessions crashed on NVIDIA card ${card}.`,
    observed: { card, sessions },
    remedy: 'Update the driver; look for "NVRM: Xid" in the system’s log. The others go on without this card.',
    cause,
  })
}

/** All slots are taken: the claim came too late. */
export function backendFull(slots: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_BACKEND_FULL',
    kind: 'limit',
    message: 'The NVIDIA cards transcode as many sessions as they may.',
    observed: slots,
    limit: slots,
    remedy: 'Raise `sessionsPerCard` of plugin-nvenc, or attach another transcoder.',
    wireText: 'TranscoderBusy',
  })
}

export function machineUnreadable(file: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_MACHINE_UNREADABLE',
    kind: 'config',
    message: `The machine description ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    observed: file,
    remedy: 'Give a file as those in docs/guides/machines.',
    cause,
  })
}
