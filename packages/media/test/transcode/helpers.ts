import type { EncodedRendition, Ladder, Profile, SourceSegment, TranscodeResult } from '@livepeer-node/sdk'
import { aProfile, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll } from 'vitest'
import { type ClipOptions, generateClip, inspect, type Inspection, TranscodeEngine } from '../../src/index.ts'
import type { TranscodeEngineOptions } from '../../src/transcode/engine.ts'

export const never = new AbortController().signal

export const PROVIDER = 'Livepeer Transcoder 0.0.0 (offchain)'

/** A small profile: fast to encode. */
export function small(over: Partial<Profile> = {}): Profile {
  return aProfile({ name: 'small', width: 160, height: 90, bitrate: 200_000, ...over })
}

/** A small clip that starts at 5 s. */
export function clip(over: Partial<ClipOptions> = {}): Promise<Buffer> {
  return generateClip({ seconds: 1, width: 320, height: 180, fps: 30, startPtsMs: 5000, ...over })
}

export function segmentOf(bytes: Uint8Array, durationMs = 2000): SourceSegment {
  return { seq: 7, durationMs, bytes }
}

/** An engine for the tests of one file, closed at their end, with its log. */
export function testEngine(options: Partial<TranscodeEngineOptions> = {}): {
  engine: TranscodeEngine
  lines: LogLine[]
} {
  const lines: LogLine[] = []
  const engine = new TranscodeEngine({ log: recordedLog(lines), ...options })
  afterAll(() => engine.close())
  return { engine, lines }
}

export const FAST = { kind: 'x264', preset: 'ultrafast' } as const

/** One segment through a session of its own. */
export async function transcode(engine: TranscodeEngine, ladder: Ladder, bytes: Uint8Array): Promise<TranscodeResult> {
  const session = await engine.open({ sessionId: 'test', ladder, provider: PROVIDER }, FAST)
  try {
    return await session.transcode(segmentOf(bytes), never)
  } finally {
    await session.close()
  }
}

/** The only rendition of a ladder of one, and what is really in it. */
export async function transcodeOne(
  engine: TranscodeEngine,
  profile: Profile,
  bytes: Uint8Array,
): Promise<{ rendition: EncodedRendition; out: Inspection; result: TranscodeResult }> {
  const result = await transcode(engine, [profile], bytes)
  const [rendition] = result.renditions
  if (!rendition) throw new Error('There is no rendition.')
  return { rendition, out: await inspect(rendition.bytes), result }
}

export function videoTimes(inspection: Inspection): number[] {
  return inspection.video.frames.map(({ pts90k }) => pts90k)
}

export function keyFrames(inspection: Inspection): number {
  return inspection.video.frames.filter(({ key }) => key).length
}

export function decodedPixels(inspection: Inspection): number {
  return inspection.video.frames.reduce((sum, { width, height }) => sum + width * height, 0)
}
