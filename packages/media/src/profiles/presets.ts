import type { Profile } from '@livepeer-node/sdk'

function preset(name: string, size: readonly [width: number, height: number], fps: number, bitrate: number): Profile {
  const [width, height] = size
  return Object.freeze({
    name,
    width,
    height,
    bitrate,
    fps,
    fpsDen: 0,
    gopMs: 0,
    codec: 'h264',
    h264Profile: 'default',
    format: 'mpegts',
    quality: 0,
  })
}

/** The built-in renditions that can be named in `transcodingOptions` (media.md §5.1). */
export const PRESETS: readonly Profile[] = Object.freeze([
  preset('P720p60fps16x9', [1280, 720], 60, 6_000_000),
  preset('P720p30fps16x9', [1280, 720], 30, 4_000_000),
  preset('P720p25fps16x9', [1280, 720], 25, 3_500_000),
  preset('P720p30fps4x3', [960, 720], 30, 3_500_000),
  preset('P576p30fps16x9', [1024, 576], 30, 1_500_000),
  preset('P576p25fps16x9', [1024, 576], 25, 1_500_000),
  preset('P360p30fps16x9', [640, 360], 30, 1_200_000),
  preset('P360p25fps16x9', [640, 360], 25, 1_000_000),
  preset('P360p30fps4x3', [480, 360], 30, 1_000_000),
  preset('P240p30fps16x9', [426, 240], 30, 600_000),
  preset('P240p25fps16x9', [426, 240], 25, 600_000),
  preset('P240p30fps4x3', [320, 240], 30, 600_000),
  preset('P144p30fps16x9', [256, 144], 30, 400_000),
])

/** Known to the reference but not selectable by name; there for peers and tests that use it. */
export const P144P25: Profile = preset('P144p25fps16x9', [256, 144], 25, 400_000)

/** What a node transcodes into when nothing is said. */
export const DEFAULT_TRANSCODING_OPTIONS = 'P240p30fps16x9,P360p30fps16x9'
