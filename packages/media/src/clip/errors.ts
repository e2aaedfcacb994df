import { LivepeerError } from '@livepeer-node/sdk'

export function noVideoIn(path: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_VIDEO',
    kind: 'input',
    message: `There is no video that begins with a key frame in ${path}.`,
    remedy: 'Use a file with an H.264 or HEVC picture.',
    observed: path,
  })
}
