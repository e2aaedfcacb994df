import { WireText } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'

const REMEDY = 'Update that transcoder or repair it; if it belongs to a stranger, revoke its token.'

/** A lie is never passed on: to a broadcaster it is as if no transcoder had been there. */
const common = { kind: 'peer', remedy: REMEDY, wireText: WireText.unavailable } as const

export const resultPixels = (rendition: string, observed: bigint, limit: bigint | string): LivepeerError =>
  new LivepeerError({
    ...common,
    code: 'LP_RESULT_PIXELS',
    message: `A transcoder says another number of pixels than rendition ${rendition} has.`,
    observed: String(observed),
    limit: String(limit),
  })

export const resultProfile = (rendition: string, observed: string, limit: string): LivepeerError =>
  new LivepeerError({
    ...common,
    code: 'LP_RESULT_PROFILE',
    message: `Rendition ${rendition} is not what was asked for.`,
    observed,
    limit,
  })

export const resultForeign = (rendition: string, observed: string, limit: string): LivepeerError =>
  new LivepeerError({
    ...common,
    code: 'LP_RESULT_FOREIGN',
    message: `Rendition ${rendition} does not show the segment that it is said to be made of.`,
    observed,
    limit,
  })

export const resultNoMedia = (rendition: string, cause: unknown): LivepeerError =>
  new LivepeerError({
    ...common,
    code: 'LP_RESULT_NO_MEDIA',
    message: `Rendition ${rendition} is no media that can be read.`,
    cause,
  })
