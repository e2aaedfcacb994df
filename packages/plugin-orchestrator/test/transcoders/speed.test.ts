import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { EffectiveCapacity } from '../../src/transcoders/effective-capacity.ts'
import { Speed } from '../../src/transcoders/speed.ts'

const of = (pixels: number) => ({ pixels, durationMs: 2000, overheadMs: 0, cold: false })

describe('speed', () => {
  it('is pixels by time for one segment after the other, messages left out', async () => {
    const clock = new FakeClock()
    const speed = new Speed(clock)
    expect(speed.pixelsPerMs).toBeUndefined()
    for (let i = 0; i < 3; i++) {
      const lap = speed.begin()
      await clock.advance(120)
      speed.delivered(speed.end(lap), { ...of(50_000), overheadMs: 20 })
      await clock.advance(5000)
    }
    expect(speed.pixelsPerMs).toBeCloseTo(500)
  })

  it('is that of the whole machine where segments share it', async () => {
    const clock = new FakeClock()
    const speed = new Speed(clock)
    const laps = [speed.begin(), speed.begin(), speed.begin(), speed.begin()]
    expect(speed.jobs).toBe(4)
    await clock.advance(400)
    for (const took of laps.map((lap) => speed.end(lap))) speed.delivered(took, of(50_000))
    expect(speed.pixelsPerMs).toBeCloseTo(500)
    expect(speed.jobs).toBe(0)
  })

  it('is unknown again after five minutes without a segment', async () => {
    const clock = new FakeClock()
    const speed = new Speed(clock)
    speed.delivered(speed.end(speed.begin()), of(1000))
    expect(speed.pixelsPerMs).toBe(1000)
    await clock.advance(300_001)
    expect(speed.pixelsPerMs).toBeUndefined()
  })

  it('says how late segments are after ten, those left out that opened their session', () => {
    const speed = new Speed(new FakeClock())
    const deliver = (ms: number, cold = false) => speed.delivered({ ms, together: 1 }, { ...of(1), cold })
    for (let i = 0; i < 9; i++) deliver(1000)
    deliver(9000, true)
    expect(speed.ratio(0.95)).toBeUndefined()
    deliver(3000)
    expect([speed.ratio(0.5), speed.ratio(0.95)]).toEqual([0.5, 1.5])
  })
})

function aCapacity(declared = 8) {
  const clock = new FakeClock()
  const state = { ratio: undefined as number | undefined }
  const capacity = new EffectiveCapacity({ declared: () => declared, ratio: () => state.ratio, clock })
  return { clock, state, capacity }
}

describe('the capacity of a transcoder', () => {
  it('is what it declared, until it says that it is full below that; then it rises by one every five seconds', async () => {
    const { clock, capacity } = aCapacity()
    capacity.saidFull(9)
    expect(capacity.value).toBe(8)
    capacity.saidFull(5)
    expect(capacity.value).toBe(5)
    await clock.advance(5000)
    expect(capacity.value).toBe(6)
    await clock.advance(60_000)
    expect(capacity.value).toBe(8)
  })

  it('is what it has while it falls behind, and rises only when it is well below real time', async () => {
    const { clock, state, capacity } = aCapacity()
    state.ratio = 1.01
    capacity.review(6)
    state.ratio = 0.9
    await clock.advance(60_000)
    expect(capacity.value).toBe(6)
    state.ratio = 0.79
    expect(capacity.value).toBe(6)
    await clock.advance(10_000)
    expect(capacity.value).toBe(8)
  })

  it('keeps a place for a session that goes away and comes back while it falls behind', () => {
    const { state, capacity } = aCapacity()
    state.ratio = 2
    capacity.review(6)
    capacity.review(2)
    expect(capacity.value).toBe(6)
  })

  it('sinks by one every ten seconds while it goes on falling behind, never below one', async () => {
    const { clock, state, capacity } = aCapacity()
    state.ratio = 2
    capacity.review(2)
    await clock.advance(10_000)
    capacity.review(2)
    expect(capacity.value).toBe(1)
    await clock.advance(10_000)
    capacity.review(1)
    expect(capacity.value).toBe(1)
  })

  it('comes back by itself when nothing is measured any more', async () => {
    const { clock, state, capacity } = aCapacity()
    state.ratio = 2
    capacity.review(1)
    state.ratio = undefined
    expect(capacity.value).toBe(1)
    await clock.advance(35_000)
    expect(capacity.value).toBe(8)
  })
})
