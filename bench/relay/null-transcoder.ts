import { setTimeout as delay } from 'node:timers/promises'
import {
  definePlugin,
  type Ladder,
  type LocalTranscoder,
  type MediaInfo,
  type TranscodeBackend,
  type TranscodeResult,
} from '@livepeer-node/sdk'
import { z } from 'zod'
import { writeElapsed } from './elapsed.ts'

/** H.264, MPEG-TS, fractional frame rates, storage: what the broadcaster of this bench asks for (wire.md §5.1). */
const CAPABILITIES = [0, 1, 2, 3, 4, 6, 7, 10, 12, 13]
const SLOTS = 100
const TS_PACKET = 188
const TS_SYNC = 0x47

const options = z.strictObject({
  renditionBytes: z
    .int()
    .min(2 * TS_PACKET)
    .default(2 * TS_PACKET)
    .describe('size of all renditions together'),
  delayMs: z.int().min(0).default(0).describe('how long a segment takes'),
})
type Options = z.output<typeof options>

/** Answers `transcode.local` with renditions of the right number and no video: what is left is the relaying. */
export const nullTranscoder = definePlugin({
  name: 'bench-null-transcoder',
  kernel: '^0.1.0',
  options,
  apply(node, given) {
    const transcoder: LocalTranscoder = {
      capacity: SLOTS,
      capabilities: CAPABILITIES,
      transcode: ({ spec }) => answer(spec.ladder, given),
      endSession: () => Promise.resolve(),
    }
    node.on.transcode.local(() => transcoder)
  },
})

/** The same as a backend of a transcoder elsewhere. */
export const nullBackend = definePlugin({
  name: 'bench-null-backend',
  kernel: '^0.1.0',
  options,
  apply(node, given) {
    const backend: TranscodeBackend = {
      name: 'null',
      open: ({ ladder }) =>
        Promise.resolve({
          backend: 'null',
          transcode: () => answer(ladder, given),
          close: () => Promise.resolve(),
        }),
    }
    node.on.transcode.claim(() => backend)
    node.on.transcode.offers(() => [{ backend: 'null', slots: SLOTS, capabilities: CAPABILITIES }])
  },
})

const SOURCE: MediaInfo = { format: 'mpegts', durationMs: 2000, video: undefined, audio: undefined }

/** Larger rungs get more of the bytes; each rendition tells how long it really took. */
async function answer(ladder: Ladder, { renditionBytes, delayMs }: Options): Promise<TranscodeResult> {
  const begun = performance.now()
  if (delayMs > 0) await delay(delayMs)
  const bitrate = ladder.reduce((sum, profile) => sum + profile.bitrate, 0)
  const renditions = ladder.map((profile) => {
    const { name, format, width, height } = profile
    const packets = Math.max(2, Math.round((renditionBytes * profile.bitrate) / bitrate / TS_PACKET))
    const bytes = emptyTransportStream(packets)
    writeElapsed(bytes, performance.now() - begun)
    return { name, format, width, height, bytes, frames: 60, pixels: 60 * width * height }
  })
  return { renditions, decodedFrames: 60, decodedPixels: 60 * 1280 * 720, source: SOURCE }
}

function emptyTransportStream(packets: number): Uint8Array {
  const bytes = new Uint8Array(packets * TS_PACKET)
  for (let at = 0; at < bytes.length; at += TS_PACKET) bytes[at] = TS_SYNC
  return bytes
}
