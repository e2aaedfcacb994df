import { expect, test } from 'vitest'
import { type HlsSettings, HlsStream } from '../src/stream.ts'
import { type ParsedMedia, readMaster, readMedia } from './parsers.ts'
import { info, LADDER, ManualClock, recordingLog, segment, type SegmentInit, stream } from './support.ts'

const NAMES = ['source', ...LADDER.map((profile) => profile.name)]
const RUNS = 60
const SEGMENTS = 40

/** A small generator of numbers, 0 ≤ n < 1, the same for the same seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function anySegment(seq: number, roll: () => number): SegmentInit {
  const discontinuity = roll() < 0.1
  const codec = roll() < 0.5 ? 'avc1.64001f' : 'avc1.42c01e'
  return {
    seq,
    durationMs: roll() < 0.8 ? 2000 : Math.ceil(roll() * 6000),
    discontinuity,
    missing: LADDER.map((profile) => profile.name).filter(() => roll() < 0.25),
    byteLength: 1 + Math.floor(roll() * 2000),
    source: discontinuity ? info({ codecString: codec, height: roll() < 0.5 ? 720 : 480 }) : info(),
  }
}

/** What a player that reloads a playlist relies on (RFC 8216 §6.2.1, §6.2.2). */
function expectGoesOn(before: ParsedMedia, after: ParsedMedia): void {
  expect(after.mediaSequence).toBeGreaterThanOrEqual(before.mediaSequence)
  expect(after.discontinuitySequence).toBeGreaterThanOrEqual(before.discontinuitySequence)
  expect(after.targetDuration).toBeGreaterThanOrEqual(before.targetDuration)
  const known = new Map(before.segments.map((entry) => [entry.seq, entry]))
  for (const entry of after.segments) expect(known.get(entry.seq) ?? entry).toEqual(entry)
}

/** What all renditions of a stream must have in common. */
function shape({ mediaSequence, discontinuitySequence, targetDuration, segments }: ParsedMedia): unknown {
  return {
    mediaSequence,
    discontinuitySequence,
    targetDuration,
    entries: segments.map(({ seq, duration, discontinuity, dateMs }) => ({ seq, duration, discontinuity, dateMs })),
  }
}

function expectAligned(playlists: readonly ParsedMedia[]): void {
  for (const playlist of playlists) expect(shape(playlist)).toEqual(shape(playlists[0] as ParsedMedia))
}

function expectServed(hls: HlsStream, name: string, playlist: ParsedMedia): void {
  for (const entry of playlist.segments) {
    // Nothing for a gap; for the others the bytes of this very segment.
    expect(hls.media(name, entry.seq)?.bytes[0]).toBe(entry.gap ? undefined : entry.seq % 256)
  }
}

test.each(Array.from({ length: RUNS }, (_, run) => run))('any stream is a legal one (seed %i)', async (seed) => {
  const roll = dice(seed)
  const settings: HlsSettings = {
    listed: 3 + Math.floor(roll() * 5),
    spare: 1 + Math.floor(roll() * 4),
    maxBytes: roll() < 0.3 ? 15_000 : 1e9,
    segmentMs: 2000,
    maxGaps: 1 + Math.floor(roll() * 4),
  }
  const clock = new ManualClock()
  const peers = { clock, log: recordingLog().log, probe: () => Promise.resolve(info()) }
  const hls = new HlsStream(stream(), settings, peers)
  const firstSeq = Math.floor(roll() * 300)
  const seen = new Map<string, ParsedMedia>()

  for (let seq = firstSeq; seq < firstSeq + SEGMENTS; seq += 1) {
    const init = anySegment(seq, roll)
    await hls.publish(segment(init))
    clock.advance((init.durationMs ?? 0) + Math.floor(roll() * 50))
    if (seq === firstSeq + SEGMENTS - 1) await hls.end('ended')

    const listed = readMaster(hls.master() ?? '').map((variant) => variant.uri)
    const playlists: ParsedMedia[] = []
    for (const name of NAMES) {
      const text = hls.playlist(name)
      expect(text !== undefined || !listed.includes(`cam/${name}.m3u8`)).toBe(true)
      if (text === undefined) continue
      const playlist = readMedia(text)
      const before = seen.get(name)
      if (before) expectGoesOn(before, playlist)
      expectServed(hls, name, playlist)
      seen.set(name, playlist)
      playlists.push(playlist)
    }
    expectAligned(playlists)
    expect(playlists[0]?.segments.at(-1)?.seq).toBe(seq)
  }
  expect([...seen.values()].every((playlist) => playlist.ended)).toBe(true)
})
