import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { Hedging } from '../../src/transcoders/hedging.ts'

const usual = { durationMs: 2000, leftMs: 8000, usual: [], cold: false }

function aHedging({ burst = 4, ratios = [] as readonly number[] } = {}): Hedging {
  const hedging = new Hedging({ clock: new FakeClock(), burst: () => burst })
  for (const ratio of ratios) hedging.learn(ratio)
  return hedging
}

const same = (ratio: number, count = 20): number[] => Array.from({ length: count }, () => ratio)

const taken = (hedging: Hedging, asked: number) => same(0, asked).filter(() => hedging.take()).length

describe('a segment is late after', () => {
  it('half of it and a second, before anything was learned', () => {
    expect(aHedging().deadlineMs(usual)).toBe(2000)
    expect(aHedging({ ratios: same(0.5, 19) }).deadlineMs(usual)).toBe(2000)
  })

  it('one and a half times what 95 of 100 took', () => {
    expect(aHedging({ ratios: same(0.5) }).deadlineMs(usual)).toBe(1500)
    expect(aHedging({ ratios: [...same(0.6, 95), ...same(2, 5)] }).deadlineMs(usual)).toBeCloseTo(1800)
  })

  it('no less than half of it, and half a second', () => {
    expect(aHedging({ ratios: same(0.01) }).deadlineMs(usual)).toBe(1000)
    expect(aHedging({ ratios: same(0.01) }).deadlineMs({ ...usual, durationMs: 600 })).toBe(500)
  })

  it('no more than half of the time that is left', () => {
    expect(aHedging({ ratios: same(3) }).deadlineMs(usual)).toBe(4000)
    expect(aHedging().deadlineMs({ ...usual, leftMs: 1200 })).toBe(600)
  })

  it('longer at a transcoder, or for a session, that usually takes longer', () => {
    const hedging = aHedging({ ratios: same(0.2) })
    expect(hedging.deadlineMs({ ...usual, usual: [0.6, undefined] })).toBe(1800)
    expect(hedging.deadlineMs({ ...usual, usual: [undefined, 0.7] })).toBeCloseTo(2100)
  })

  it('longer where the session has to be opened first', () => {
    expect(aHedging({ ratios: same(0.1) }).deadlineMs({ ...usual, cold: true })).toBe(2000)
  })
})

describe('second sendings', () => {
  it('are enough for all sessions at once: they may be with one transcoder', () => {
    expect(taken(aHedging({ burst: 12 }), 12)).toBe(12)
    expect(taken(aHedging({ burst: 0 }), 12)).toBe(4)
  })

  it('are one in ten in the long run, however late everything is', () => {
    const hedging = aHedging({ burst: 5 })
    let twice = 0
    for (let job = 0; job < 1000; job++) {
      hedging.earn()
      if (hedging.take()) twice += 1
    }
    expect(twice).toBeGreaterThanOrEqual(100)
    expect(twice).toBeLessThanOrEqual(105)
  })

  it('are saved up no further than for one such loss', () => {
    const hedging = aHedging({ burst: 6 })
    for (let job = 0; job < 1000; job++) hedging.earn()
    expect(taken(hedging, 100)).toBe(6)
  })
})
