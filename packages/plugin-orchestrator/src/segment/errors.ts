import { LivepeerError } from '@livepeer-node/sdk'

export const noProfiles = (): LivepeerError =>
  new LivepeerError({
    code: 'LP_NO_PROFILES',
    kind: 'input',
    message: 'The segment asks for no rendition.',
    remedy: 'Send at least one profile.',
  })

export const renditionName = (name: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_RENDITION_NAME',
    kind: 'input',
    message: `The rendition name ${JSON.stringify(name)} cannot be part of a path.`,
    remedy: 'Use letters, digits, dots, dashes and underscores.',
    observed: name,
  })

export const renditionTwice = (name: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_RENDITION_DUPLICATE',
    kind: 'input',
    message: `Two renditions are called ${JSON.stringify(name)}; one would overwrite the other.`,
    remedy: 'Give each rendition of a ladder a name of its own.',
    observed: name,
  })

export const manifestId = (id: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_MANIFEST_ID',
    kind: 'input',
    message: `The manifest id ${JSON.stringify(id)} cannot be part of a file name.`,
    remedy: 'Use an id without slashes and control characters.',
    observed: id,
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
    wireText: 'Forbidden',
  })

export const tooLarge = (what: string, limit: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_TOO_LARGE',
    kind: 'limit',
    message: `${what}: input bigger than max buffer size.`,
    remedy: 'Cut shorter segments or lower the bit rate.',
    limit,
    wireText: 'Internal Server Error',
  })

export const bodyStalled = (what: string, received: number, idleMs: number): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_STALLED',
    kind: 'peer',
    message: `${what} stopped arriving.`,
    remedy: 'Look at the network between the peers.',
    observed: `${received} bytes received`,
    limit: `${idleMs} ms without data`,
    wireText: 'Internal Server Error',
  })

export const bodyBroken = (what: string, received: number, cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_BODY_BROKEN',
    kind: 'peer',
    message: `${what} broke off.`,
    remedy: 'Look at the network between the peers.',
    observed: `${received} bytes received`,
    wireText: 'Internal Server Error',
    cause,
  })

export const downloadFailed = (url: string, why: string, cause?: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_SEGMENT_DOWNLOAD',
    kind: 'peer',
    message: `The segment could not be fetched from where the broadcaster put it: ${why}.`,
    remedy: 'Check that the URL is http or https and can be reached from here.',
    observed: url,
    wireText: 'BadRequest',
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
