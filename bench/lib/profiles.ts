import type { Ladder, Profile } from '@livepeer-node/sdk'

function rung(height: number, width: number, bitrate: number): Profile {
  return {
    name: `${height}p`,
    width,
    height,
    bitrate,
    fps: 30,
    fpsDen: 1,
    gopMs: 0,
    codec: 'h264',
    h264Profile: 'default',
    format: 'mpegts',
    quality: 0,
  }
}

/** The ladder that figures are given for. */
export const LADDER: Ladder = [
  rung(720, 1280, 4_000_000),
  rung(480, 854, 1_600_000),
  rung(360, 640, 1_200_000),
  rung(240, 426, 600_000),
]

/** Four renditions so small that encoding them costs next to nothing: what is left is the engine's own work. */
export const TINY_LADDER: Ladder = [
  rung(144, 256, 200_000),
  rung(128, 228, 160_000),
  rung(112, 200, 120_000),
  rung(96, 170, 80_000),
]
