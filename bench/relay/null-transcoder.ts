import {
  definePlugin,
  type Ladder,
  type LocalTranscoder,
  type MediaInfo,
  type TranscodeBackend,
  type TranscodeResult,
} from '@livepeer-node/sdk'
import { z } from 'zod'

/** H.264, MPEG-TS, fractional frame rates, storage: what the broadcaster of this bench asks for (wire.md §5.1). */
const CAPABILITIES = [0, 1, 2, 3, 4, 6, 7, 10, 12, 13]
const SLOTS = 100

const options = z.strictObject({
  renditionBytes: z.int().min(188).default(376).describe('size of every rendition that is answered'),
})

/** Answers `transcode.local` with renditions of the right number and no video: what is left is the relaying. */
export const nullTranscoder = definePlugin({
  name: 'bench-null-transcoder',
  kernel: '^0.1.0',
  options,
  apply(node, { renditionBytes }) {
    const bytes = new Uint8Array(renditionBytes)
    const transcoder: LocalTranscoder = {
      capacity: SLOTS,
      capabilities: CAPABILITIES,
      transcode: ({ spec }) => Promise.resolve(answer(spec.ladder, bytes)),
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
  apply(node, { renditionBytes }) {
    const bytes = new Uint8Array(renditionBytes)
    const backend: TranscodeBackend = {
      name: 'null',
      open: ({ ladder }) =>
        Promise.resolve({
          backend: 'null',
          transcode: () => Promise.resolve(answer(ladder, bytes)),
          close: () => Promise.resolve(),
        }),
    }
    node.on.transcode.claim(() => backend)
    node.on.transcode.offers(() => [{ backend: 'null', slots: SLOTS, capabilities: CAPABILITIES }])
  },
})

const SOURCE: MediaInfo = { format: 'mpegts', durationMs: 2000, video: undefined, audio: undefined }

function answer(ladder: Ladder, bytes: Uint8Array): TranscodeResult {
  const renditions = ladder.map(({ name, format, width, height }) => ({
    name,
    format,
    width,
    height,
    bytes,
    frames: 60,
    pixels: 60 * width * height,
  }))
  return { renditions, decodedFrames: 60, decodedPixels: 60 * 1280 * 720, source: SOURCE }
}
