import { LivepeerError } from '@livepeer-node/sdk'

export function malformed(what: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_RTMP_PROTOCOL',
    kind: 'input',
    message: `The client does not speak RTMP as we know it: ${what}.`,
    remedy: 'Push plain RTMP (rtmp://) with an encoder such as OBS or ffmpeg.',
    cause,
  })
}

export function tooMuch(what: string, observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_RTMP_LIMIT',
    kind: 'limit',
    message: `${what}: ${observed}, the limit is ${limit}.`,
    remedy: 'Lower the bit rate of the encoder; for larger key frames raise maxMessageBytes.',
    observed,
    limit,
  })
}

export function unsupportedCodec(what: 'video' | 'audio', observed: string): LivepeerError {
  const wanted = what === 'video' ? 'H.264' : 'AAC'
  return new LivepeerError({
    code: 'LP_RTMP_CODEC',
    kind: 'input',
    message: `The publisher sends ${observed} ${what}; only ${wanted} is taken.`,
    remedy: `Set the encoder's ${what} codec to ${wanted}.`,
    observed,
    limit: wanted,
  })
}

export function noPlayback(): LivepeerError {
  return new LivepeerError({
    code: 'LP_RTMP_PLAY',
    kind: 'input',
    message: 'The client wants to play over RTMP, which this node does not serve.',
    remedy: 'Play the HLS address instead.',
  })
}

export function badName(why: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_RTMP_NAME',
    kind: 'input',
    message: `The publish address cannot be a stream's name: ${why}.`,
    remedy: 'Push to rtmp://HOST/live/NAME or rtmp://HOST/live/NAME/KEY with letters, digits, "-" and "_".',
  })
}

export function neverPublished(ms: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_RTMP_TIMEOUT',
    kind: 'input',
    message: `The client connected and did not publish within ${ms} ms.`,
    remedy: 'Check that the client pushes RTMP and that the network lets it through.',
    limit: ms,
  })
}

export function frozen(ms: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_PUBLISHER_FROZEN',
    kind: 'input',
    message: `The publisher sent no audio and no video for ${ms} ms.`,
    remedy: 'Check the encoder and its network; for slow sources raise idleTimeoutMs.',
    limit: ms,
  })
}

export function stalled(ms: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_STREAM_STALLED',
    kind: 'limit',
    message: `Transcoding did not take this stream's packets for ${ms} ms, so the publisher was let go.`,
    remedy: 'Fewer renditions, fewer streams, or more or faster orchestrators.',
    limit: ms,
  })
}

export function noBroadcaster(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_BROADCASTER',
    kind: 'config',
    message: 'Nobody in this node takes published streams.',
    remedy: 'Add @livepeer-node/plugin-broadcaster to the plugins in livepeer.config.ts.',
  })
}

export function draining(): LivepeerError {
  return new LivepeerError({
    code: 'LP_DRAINING',
    kind: 'limit',
    message: 'This node is stopping and takes no new streams.',
    remedy: 'Push to another node, or again after the restart.',
  })
}
