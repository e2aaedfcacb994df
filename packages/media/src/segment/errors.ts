import { LivepeerError } from '@livepeer-node/sdk'

const KEYFRAMES = 'Set the key frame interval of the encoder to 2 s (OBS: Settings, Output, Keyframe Interval).'

export function noKeyframe(observedMs: number, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_NO_KEYFRAME',
    kind: 'input',
    message: `The publisher sent no key frame for ${observedMs} ms of video, so no segment can be cut.`,
    observed: observedMs,
    limit: limitMs,
    remedy: KEYFRAMES,
  })
}

export function noVideo(observedMs: number, limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_NO_VIDEO',
    kind: 'input',
    message: `The publisher sent no video for ${observedMs} ms of audio.`,
    observed: observedMs,
    limit: limitMs,
    remedy: 'Add an H.264 video track to the stream, or check why the encoder stopped sending it.',
  })
}

export function segmentTooLarge(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_TOO_LARGE',
    kind: 'limit',
    message: `One segment of this stream passed ${limit} bytes.`,
    observed,
    limit,
    remedy: `Lower the bit rate. ${KEYFRAMES}`,
  })
}

export function badHeader(what: 'video' | 'audio', why: string, cause?: unknown): LivepeerError {
  const codec = what === 'video' ? 'H.264' : 'AAC'
  return new LivepeerError({
    code: 'LP_SEGMENT_HEADER',
    kind: 'input',
    message: `The publisher's ${codec} sequence header cannot be used: ${why}.`,
    remedy: `Use another ${codec} encoder or another profile (H.264 High with 8-bit 4:2:0, AAC-LC).`,
    cause,
  })
}

export function damaged(packets: number, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_DAMAGED',
    kind: 'input',
    message: `${packets} packets in a row could not be written: the stream is no H.264 with AAC.`,
    observed: packets,
    remedy: 'Restart the encoder; if it happens again, choose another encoder.',
    cause,
  })
}

export function workerGivesUp(cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SEGMENT_WORKER',
    kind: 'environment',
    message: 'The worker that cuts this stream into segments died again and again.',
    remedy: 'Look for an out-of-memory kill in the system log; otherwise report the log with the stream.',
    cause,
  })
}
