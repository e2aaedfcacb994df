import { generateClip, splitMedia } from '@livepeer-node/media'
import type { SourceSegment } from '@livepeer-node/sdk'
import { badInput } from './errors.ts'

const SEGMENT_MS = 2000
const CLIP = { width: 1280, height: 720, fps: 30, gopMs: SEGMENT_MS, bitrate: 3_000_000 } as const

/** What is transcoded. */
export interface Source {
  /** For a person. */
  readonly text: string
  readonly segments: readonly SourceSegment[]
}

/** A file in pieces of about 2 s, at most `count` of them; without a file a generated clip, over and over again. */
export async function readSource(file: string | undefined, count: number, signal: AbortSignal): Promise<Source> {
  if (file === undefined) return await generated()
  try {
    const { info, segments } = await splitMedia({ path: file, targetMs: SEGMENT_MS, maxSegments: count }, signal)
    const { video } = info
    const fps = video && video.fps.den > 0 ? round(video.fps.num / video.fps.den) : 0
    const picture = video ? `${video.codec} ${video.width}x${video.height} ${fps} fps` : ''
    return { text: `${file}, ${picture}, ${inAll(segments)}`, segments: segments.map(numbered) }
  } catch (error) {
    signal.throwIfAborted()
    throw badInput(file, error)
  }
}

async function generated(): Promise<Source> {
  const bytes = await generateClip({ ...CLIP, seconds: SEGMENT_MS / 1000 })
  const segments = [{ bytes, durationMs: SEGMENT_MS }].map(numbered)
  return { text: `a generated clip, h264 ${CLIP.width}x${CLIP.height} ${CLIP.fps} fps, ${inAll(segments)}`, segments }
}

const numbered = (segment: Omit<SourceSegment, 'seq'>, seq: number): SourceSegment => ({ ...segment, seq })

function inAll(segments: readonly { readonly durationMs: number }[]): string {
  const seconds = segments.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000
  return `${segments.length} ${segments.length === 1 ? 'segment' : 'segments'} of ${round(seconds)} s in all`
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
