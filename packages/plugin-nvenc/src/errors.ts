import { LivepeerError } from '@livepeer-node/sdk'

const GET_DRIVER = 'Install the NVIDIA driver, give this process access to the card, or take the card out of `nvidia`.'

/** A card that the operator named does not work. */
export function cardUnusable(card: number, why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_UNAVAILABLE',
    kind: 'environment',
    message: `NVIDIA card ${card} does not transcode: ${why}`,
    observed: card,
    remedy: GET_DRIVER,
  })
}

/** The operator wants all cards, and there is none. */
export function noCards(why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_UNAVAILABLE',
    kind: 'environment',
    message: `No NVIDIA card transcodes here: ${why}`,
    remedy: 'Install the NVIDIA driver and give this process access to the cards, or leave `nvidia` out.',
  })
}

/** The driver gives no more encoders: to whoever claimed last. */
export function sessionLimit(line: string, open: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_NVENC_SESSION_LIMIT',
    kind: 'limit',
    message: 'The NVIDIA driver opens no more encoders; the limit counts for all cards and processes together.',
    observed: `${open} sessions open here; ${line}`,
    remedy: 'Take fewer sessions or renditions, or use cards and drivers without the limit.',
    wireText: 'TranscoderBusy',
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
