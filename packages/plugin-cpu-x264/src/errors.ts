import { LivepeerError } from '@livepeer-node/sdk'

/** All slots are taken: the claim came too late. */
export function backendFull(slots: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_BACKEND_FULL',
    kind: 'limit',
    message: 'The CPU transcodes as many sessions as it may.',
    observed: slots,
    limit: slots,
    remedy: 'Raise `slots` of plugin-cpu-x264 where cores are idle, or attach another transcoder.',
    wireText: 'TranscoderBusy',
  })
}
