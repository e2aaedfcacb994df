import type { LivepeerError, MediaPacket, Segment } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { generateClip, inspect } from '../../src/clip/clip.ts'
import { SegmentEngine } from '../../src/segment/engine.ts'
import { flvPackets, isHeader, isKey, shifted, sourceTimes } from '@livepeer-node/test-kit'

class Sink {
  readonly segments: Segment[] = []
  readonly failures: LivepeerError[] = []
  #waiters: (() => void)[] = []
  segment = (segment: Segment): void => this.#note(() => this.segments.push(segment))
  failed = (error: LivepeerError): void => this.#note(() => this.failures.push(error))
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => void this.#waiters.push(resolve))
  }
  #note(add: () => void): void {
    add()
    for (const wake of this.#waiters.splice(0)) wake()
  }
}

let clip: MediaPacket[]
let whole: Segment[]
let lines: LogLine[]
let engine: SegmentEngine
beforeAll(async () => {
  const file = await generateClip({
    seconds: 9,
    width: 320,
    height: 180,
    fps: 30,
    bFrames: 3,
    startPtsMs: 200,
    gopMs: 1000,
    format: 'flv',
  })
  clip = flvPackets(file)
  const alone = new SegmentEngine({ log: recordedLog([]) })
  const sink = new Sink()
  const packets = alone.open('cam', sink)
  for (const packet of clip) packets.write(packet)
  await packets.end()
  whole = sink.segments
  await alone.close()
}, 60_000)
beforeEach(() => {
  lines = []
  engine = new SegmentEngine({ log: recordedLog(lines) })
})
afterEach(() => engine.close())

const killed = async (pid: number): Promise<void> => {
  process.kill(pid, 'SIGKILL')
  for (;;) {
    if (!engine.pids.includes(pid)) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

it('hands on every frame of a stream, in order, with its name', async () => {
  expect(whole.map(({ streamId, seq, format }) => [streamId, seq, format])).toEqual(
    [0, 1, 2, 3, 4].map((seq) => ['cam', seq, 'mpegts']),
  )
  const found = await inspect(Buffer.concat(whole.map(({ bytes }) => bytes)))
  expect(found.video.packets.map(({ pts90k, dts90k }) => ({ dts: dts90k, pts: pts90k }))).toEqual(
    sourceTimes(clip).video,
  )
  expect(found.video.frames).toHaveLength(270)
})

it('emits a segment while the stream goes on, without waiting for a batch to fill', async () => {
  const clock = new FakeClock()
  await using quiet = {
    engine: new SegmentEngine({ log: recordedLog(lines), clock }),
    [Symbol.asyncDispose]: () => quiet.engine.close(),
  }
  const sink = new Sink()
  const packets = quiet.engine.open('cam', sink)
  // Up to the key frame that ends the first segment; the clock stands, so no batch is sent for its age.
  for (const packet of clip.filter(({ timestampMs }) => timestampMs <= 2300)) packets.write(packet)
  await sink.until(() => sink.segments.length === 1)
  expect(sink.segments).toEqual(whole.slice(0, 1))
})

it('loses nothing and doubles nothing when the worker is killed, wherever the stream is', async () => {
  const sink = new Sink()
  const packets = engine.open('cam', sink)
  const moments = [5, 120, 300, 301, 500, clip.length - 1]
  for (const [i, packet] of clip.entries()) {
    if (moments.includes(i)) {
      // A segment lies between two cuts, every second key frame. What can be out is out.
      const cuts = Math.floor((clip.slice(0, i).filter(isKey).length - 1) / 2)
      await sink.until(() => sink.segments.length === Math.max(0, cuts))
      await engine.prewarm()
      await killed(engine.pids[0]!)
    }
    packets.write(packet)
  }
  await packets.end()
  expect(sink.failures).toEqual([])
  expect(sink.segments).toEqual(whole)
  expect(lines.filter(({ fields }) => fields.code === 'LP_WORKER_DIED')).toHaveLength(moments.length)
})

it('finishes a stream whose worker is killed while the end is under way', async () => {
  const sink = new Sink()
  const packets = engine.open('cam', sink)
  await engine.prewarm()
  for (const packet of clip) packets.write(packet)
  const ended = packets.end()
  await killed(engine.pids[0]!)
  await ended
  expect(sink.segments).toEqual(whole)
})

it('carries many streams in one worker, and brings all of them through its death', async () => {
  const sinks = Array.from({ length: 12 }, () => new Sink())
  const streams = sinks.map((sink, i) => engine.open(`cam${i}`, sink))
  for (const [i, packet] of clip.entries()) {
    if (i === 400) {
      await sinks[11]!.until(() => sinks[11]!.segments.length > 0)
      await killed(engine.pids[0]!)
    }
    for (const stream of streams) stream.write(packet)
  }
  await Promise.all(streams.map((stream) => stream.end()))
  expect(engine.pids).toHaveLength(1)
  expect(engine.streams).toBe(0)
  for (const [i, sink] of sinks.entries())
    expect(sink.segments).toEqual(whole.map((segment) => ({ ...segment, streamId: `cam${i}` })))
})

it('puts streams over the limit into another worker', async () => {
  await using small = {
    engine: new SegmentEngine({ log: recordedLog(lines), streamsPerWorker: 1 }),
    [Symbol.asyncDispose]: () => small.engine.close(),
  }
  const one = small.engine.open('a', new Sink())
  await small.engine.prewarm()
  const two = small.engine.open('b', new Sink())
  for (const stream of [one, two]) for (const packet of clip) stream.write(packet)
  await Promise.all([one.end(), two.end()])
  expect(small.engine.pids).toHaveLength(2)
})

it('tells why a stream cannot be cut, once, and goes on with the others', async () => {
  const keyless = new Sink()
  const fine = new Sink()
  const bad = engine.open('keyless', keyless, { keyframeLimitMs: 2000 })
  const good = engine.open('fine', fine)
  for (const packet of clip.filter((item) => item.kind === 'audio' || isHeader(item) || item.data[0] !== 0x17))
    bad.write(packet)
  for (const packet of clip) good.write(packet)
  await Promise.all([bad.end(), good.end()])
  expect(keyless.failures.map(({ code, remedy }) => [code, remedy?.includes('2 s')])).toEqual([
    ['LP_SEGMENT_NO_KEYFRAME', true],
  ])
  expect(keyless.segments).toEqual([])
  expect(fine.segments).toHaveLength(5)
  expect(bad.write(clip[0]!)).toBe(true)
  await bad.ready()
})

it('makes the writer wait while much is under way, and wakes it', async () => {
  const sink = new Sink()
  const packets = engine.open('cam', sink)
  const media = clip.filter((packet) => !isHeader(packet))
  let full = 0
  for (const packet of clip) packets.write(packet)
  for (let round = 1; round <= 40; round++) {
    for (const packet of shifted(media, round * 9000)) {
      if (packets.write(packet)) continue
      full++
      await packets.ready()
    }
  }
  await packets.end()
  expect(full).toBeGreaterThan(0)
  expect(sink.failures).toEqual([])
  expect(sink.segments.map(({ seq }) => seq)).toEqual(sink.segments.map((_, i) => i))
})

it('emits nothing more after abort', async () => {
  const sink = new Sink()
  const packets = engine.open('cam', sink)
  for (const packet of clip) packets.write(packet)
  await packets.abort()
  const before = sink.segments.length
  await packets.end()
  expect(sink.segments).toHaveLength(before)
  expect(sink.failures).toEqual([])
})

it('ends a stream that never sent anything', async () => {
  const sink = new Sink()
  await engine.open('cam', sink).end()
  expect(sink.segments).toEqual([])
  expect(sink.failures).toEqual([])
})

it('gives a stream up that kills every worker', async () => {
  const sink = new Sink()
  const packets = engine.open('cam', sink)
  const watch = setInterval(() => {
    for (const pid of engine.pids) process.kill(pid, 'SIGKILL')
  }, 5)
  for (const packet of clip) packets.write(packet)
  await packets.end()
  clearInterval(watch)
  expect(sink.failures.map(({ code }) => code)).toEqual([expect.stringMatching(/^LP_(SEGMENT_WORKER|WORKER_DIED)$/)])
})

it('stops without a trace', async () => {
  const sink = new Sink()
  engine.open('cam', sink).write(clip[0]!)
  await engine.prewarm()
  const [pid] = engine.pids
  await engine.close()
  await engine.close()
  expect(() => process.kill(pid!, 0)).toThrow(expect.objectContaining({ code: 'ESRCH' }))
  expect(sink.failures).toEqual([])
})
