import { LivepeerError } from '@livepeer-node/sdk'

/** The texts are what peers match (media.md §7.3, wire.md §7.4). */

export function noVideo(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_VIDEO',
    kind: 'input',
    message: 'The segment has no video.',
    remedy: 'Send a video stream with pictures in it.',
    wireText: 'TranscoderInvalidVideo',
  })
}

export function noKeyFrames(packets: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_KEY_FRAMES',
    kind: 'input',
    message: 'No packet of the segment is a key frame, so it cannot be decoded by itself.',
    observed: { packets },
    remedy: 'Cut segments at key frames.',
    wireText: 'No keyframes in input',
  })
}

export function undecodable(errors: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_MEDIA_INVALID',
    kind: 'input',
    message: 'Not one frame of the segment could be decoded.',
    observed: { damagedPackets: errors },
    remedy: 'Check what the publisher sends.',
    wireText: 'Invalid data found when processing input',
  })
}

export const MAX_SECONDS = 300

export function tooLong(durationMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_TOO_LONG',
    kind: 'limit',
    message: 'The segment is too long.',
    observed: `${Math.floor(durationMs / 1000)} s`,
    limit: `${MAX_SECONDS} s`,
    remedy: 'Cut shorter segments.',
    wireText: 'TranscoderInvalidDuration',
  })
}

export const MAX_OUTPUTS = 10

export function tooManyOutputs(outputs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TOO_MANY_OUTPUTS',
    kind: 'limit',
    message: 'The ladder has too many renditions.',
    observed: outputs,
    limit: MAX_OUTPUTS,
    remedy: 'Ask for fewer renditions.',
    wireText: 'Too many outputs',
  })
}

export const RUNAWAY_FACTOR = 25

export function runaway(encoded: number, decoded: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_RUNAWAY',
    kind: 'input',
    message: 'The source’s times have gaps that a fixed frame rate would fill with too many frames.',
    observed: { encoded, decoded },
    limit: `${RUNAWAY_FACTOR} encoded frames for each decoded one`,
    remedy: 'Use a rendition without a fixed frame rate for this source.',
    wireText: 'Encoded frames runaway',
  })
}

export const MIN_OUTPUT_BYTES = 25

export function emptyOutput(name: string, bytes: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_EMPTY_OUTPUT',
    kind: 'bug',
    message: `The rendition "${name}" came out empty.`,
    observed: bytes,
    limit: `at least ${MIN_OUTPUT_BYTES} bytes`,
    remedy: 'Report it with the segment.',
    wireText: 'ZeroSegments',
  })
}

export function codecNotEncoded(codec: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ENCODER_MISSING',
    kind: 'limit',
    message: `This backend does not encode ${codec}.`,
    observed: codec,
    limit: ['h264'],
    remedy: 'Ask for H.264 renditions.',
    wireText: 'Encoder not found',
  })
}

export function emptyLadder(): LivepeerError {
  return new LivepeerError({
    code: 'LP_LADDER_EMPTY',
    kind: 'input',
    message: 'The ladder has no rendition: there is nothing to transcode.',
    remedy: 'Ask for at least one rendition.',
    wireText: 'Invalid argument',
  })
}

export function pixelFormatUnsupported(observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PIXEL_FORMAT_UNSUPPORTED',
    kind: 'input',
    message: 'A card decodes 8-bit 4:2:0 only.',
    observed,
    limit: ['yuv420p', 'yuvj420p'],
    remedy: 'Send 8-bit 4:2:0, or transcode on the CPU.',
    wireText: 'Unsupported input pixel format',
  })
}
