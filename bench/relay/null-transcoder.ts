import { setTimeout as delay } from 'node:timers/promises'
import { TranscodeEngine } from '@livepeer-node/media'
import {
  definePlugin,
  type EncodedRendition,
  type LocalTranscoder,
  type MediaInfo,
  type SourceSegment,
  type TranscodeBackend,
  type TranscodeResult,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { z } from 'zod'
import { quietLog } from '../lib/quiet-log.ts'
import { padded, writeElapsed } from './padding.ts'

/** H.264, MPEG-TS, fractional frame rates, storage: what the broadcaster of this bench asks for (wire.md §5.1). */
const CAPABILITIES = [0, 1, 2, 3, 4, 6, 7, 10, 12, 13]
const SLOTS = 100
const SOURCE: MediaInfo = { format: 'mpegts', durationMs: 2000, video: undefined, audio: undefined }

/** Answers `transcode.local` with renditions of the right number and no video: what is left is the taking in. */
export const nullTranscoder = definePlugin({
  name: 'bench-null-transcoder',
  kernel: '^0.1.0',
  options: z.strictObject({}),
  apply(node) {
    const transcoder: LocalTranscoder = {
      capacity: SLOTS,
      capabilities: CAPABILITIES,
      transcode: ({ spec }) => Promise.resolve(empty(spec)),
      endSession: () => Promise.resolve(),
    }
    node.on.transcode.local(() => transcoder)
  },
})

/**
 * A backend that transcodes the first segment it gets, and answers every other one with the same renditions: an orchestrator
 * that looks into them finds nothing wrong as long as all sources are the same. The last packet of each tells how long it took.
 */
export const nullBackend = definePlugin({
  name: 'bench-null-backend',
  kernel: '^0.1.0',
  options: z.strictObject({
    renditionBytes: z.int().min(0).default(0).describe('size of all renditions together, at least'),
    delayMs: z.int().min(0).default(0).describe('how long a segment takes'),
  }),
  apply(node, { renditionBytes, delayMs }) {
    let first: Promise<TranscodeResult> | undefined
    const transcode = async (spec: TranscodeSpec, segment: SourceSegment): Promise<TranscodeResult> => {
      first ??= transcodeOnce(spec, segment)
      const { renditions, ...rest } = await first
      const begun = performance.now()
      if (delayMs > 0) await delay(delayMs)
      const again = renditions.map((rendition) => {
        const bytes = padded(rendition.bytes, renditionBytes / renditions.length)
        writeElapsed(bytes, performance.now() - begun)
        return { ...rendition, bytes }
      })
      return { ...rest, renditions: again }
    }
    const backend: TranscodeBackend = {
      name: 'null',
      open: (spec) =>
        Promise.resolve({
          backend: 'null',
          transcode: (segment) => transcode(spec, segment),
          close: () => Promise.resolve(),
        }),
    }
    node.on.transcode.claim(() => backend)
    node.on.transcode.offers(() => [{ backend: 'null', slots: SLOTS, capabilities: CAPABILITIES }])
  },
})

async function transcodeOnce(spec: TranscodeSpec, segment: SourceSegment): Promise<TranscodeResult> {
  const engine = new TranscodeEngine({ log: quietLog, deadlineMs: () => 60_000 })
  try {
    const session = await engine.open(spec, { kind: 'x264', preset: 'ultrafast' })
    return await session.transcode(segment, AbortSignal.timeout(60_000))
  } finally {
    await engine.close()
  }
}

function empty({ ladder }: TranscodeSpec): TranscodeResult {
  const renditions = ladder.map(({ name, format, width, height }): EncodedRendition => {
    const bytes = padded(new Uint8Array(), 376)
    return { name, format, width, height, bytes, frames: 60, pixels: 60 * width * height }
  })
  return { renditions, decodedFrames: 60, decodedPixels: 60 * 1280 * 720, source: SOURCE }
}
