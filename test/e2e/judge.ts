import { inspect, type InspectedFrame, type InspectedPacket, type Inspection } from '@livepeer-node/media'
import { expect } from 'vitest'
import type { HlsRecorder, RecordedRendition } from './hls-recorder.ts'

/** Everything that one rendition showed, in order. */
export interface Shown {
  readonly name: string
  readonly frames: readonly InspectedFrame[]
  readonly audio: readonly InspectedPacket[]
  readonly segments: number
}

/** Decodes all segments of a rendition and holds what is true of every one: present, decodable, a key frame first. */
async function show(rendition: RecordedRendition): Promise<Shown> {
  const frames: InspectedFrame[] = []
  const audio: InspectedPacket[] = []
  for (const { seq, bytes } of rendition.segments) {
    const where = `${rendition.name}/${seq}`
    expect(bytes, `${where} is a gap`).toBeDefined()
    const seen = await inspect(bytes ?? Buffer.alloc(0))
    expect(seen.decodeErrors, `${where}: packets that do not decode`).toBe(0)
    expect(seen.video.frames[0]?.key, `${where} starts with a key frame`).toBe(true)
    frames.push(...seen.video.frames)
    audio.push(...seen.audio.packets)
  }
  return { name: rendition.name, frames, audio, segments: rendition.segments.length }
}

/** All renditions of a recording by name; every one has the same segments. */
export async function showAll(recorder: HlsRecorder): Promise<ReadonlyMap<string, Shown>> {
  const seen = await Promise.all([...recorder.renditions.values()].map(show))
  const shown = new Map(seen.map((rendition) => [rendition.name, rendition]))
  const listed = [...recorder.renditions.values()].map(({ segments }) => segments.map(({ seq }) => seq))
  for (const seqs of listed) expect(seqs).toEqual(listed[0])
  return shown
}

/** Source and both rungs of the network's default ladder are there, and the rungs follow the source; returns the source. */
export function expectLadder(shown: ReadonlyMap<string, Shown>, fps: number): Shown {
  expect([...shown.keys()].toSorted()).toEqual(['P240p30fps16x9', 'P360p30fps16x9', 'source'])
  const source = shown.get('source')
  if (!source) throw new Error('no source rendition')
  for (const rendition of shown.values()) if (rendition !== source) expectFollows(rendition, source, fps)
  return source
}

/** The published source is the pushed file: every packet, and one offset for both tracks. */
export function expectSameAsInput(source: Shown, input: Inspection): void {
  const sent = input.video.frames.map(({ pts90k }) => pts90k)
  const seen = source.frames.map(({ pts90k }) => pts90k)
  expect(seen.length, 'video frames').toBe(sent.length)
  const offset = (seen[0] ?? 0) - (sent[0] ?? 0)
  expectWithin(
    seen,
    sent.map((pts) => pts + offset),
    1 + MILLISECOND,
  )
  // A stream begins with its first key frame: sound that was sent before it is not shown.
  const start = input.video.packets[0]?.dts90k ?? 0
  const heard = input.audio.packets.map(({ pts90k }) => pts90k).filter((pts) => pts >= start)
  expect(source.audio.length, 'audio packets').toBe(heard.length)
  expectWithin(
    source.audio.map(({ pts90k }) => pts90k),
    heard.map((pts) => pts + offset),
    1 + MILLISECOND,
  )
}

/** RTMP counts in these, so a time may be rounded by one. */
const MILLISECOND = 90

/**
 * A rendition shows what the source showed, when it showed it: every frame of it less than one frame away from one of
 * the source (or in a hole of the source, which a fixed rate fills with the picture before it), every frame of the source
 * less than one frame away from one of it, and the very same sound.
 */
function expectFollows(rendition: Shown, source: Shown, fps: number): void {
  const frame = 90_000 / fps
  const [shown, sent] = [timesOf(rendition), timesOf(source)]
  const early = shown.filter((pts) => distance(pts, sent) >= frame && !inHole(pts, sent, frame))
  expect(early, `${rendition.name}: frames where the source has none`).toEqual([])
  const lost = sent.filter((pts) => distance(pts, shown) >= frame)
  expect(lost, `${rendition.name}: frames of the source that are missing`).toEqual([])
  expect(rendition.audio.map(({ pts90k }) => pts90k)).toEqual(source.audio.map(({ pts90k }) => pts90k))
}

const timesOf = ({ frames }: Shown): readonly number[] => frames.map(({ pts90k }) => pts90k)

/** To the nearest of some times. */
const distance = (pts: number, times: readonly number[]): number =>
  times.reduce((nearest, time) => Math.min(nearest, Math.abs(time - pts)), Infinity)

/** Between two frames of the source that are further apart than its rate says. */
const inHole = (pts: number, times: readonly number[], frame: number): boolean =>
  times.some(
    (time, index) =>
      time < pts && pts < (times[index + 1] ?? -Infinity) && (times[index + 1] ?? 0) - time > 1.5 * frame,
  )

function expectWithin(seen: readonly number[], wanted: readonly number[], tolerance: number): void {
  const worst = seen.reduce((max, value, index) => Math.max(max, Math.abs(value - (wanted[index] ?? NaN))), 0)
  expect(worst).toBeLessThan(tolerance)
}
