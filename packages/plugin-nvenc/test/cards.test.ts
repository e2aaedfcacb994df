import { aProfile, FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import type { CardInit } from '../src/cards.ts'
import { Cards, loadOf } from '../src/cards.ts'
import { aCard, ladderOf } from './support.ts'

/** Has a card encode this many pixels in this time, alone. */
async function encode(
  { speed }: CardInit,
  clock: FakeClock,
  { pixels, ms }: { pixels: number; ms: number },
): Promise<void> {
  const done = speed.begin()
  await clock.advance(ms)
  done(pixels)
}

/** The cards that sessions of these loads are placed on, one after the other. */
function take(cards: Cards, ...loads: readonly number[]): (number | undefined)[] {
  return loads.map((load) => cards.take(ladderOf(load))?.place.card.index)
}

describe('loadOf (media.md §6.10, §12)', () => {
  it('counts passthrough as 30 fps and cuts fractions', () => {
    const size = { width: 256, height: 144 }
    const ladder = [
      aProfile({ ...size, fps: 1 }),
      aProfile({ ...size, fps: 0 }),
      aProfile({ ...size, fps: 30_000, fpsDen: 1001 }),
    ]
    expect(loadOf(ladder)).toBe(2_211_840)
  })
})

describe('Cards', () => {
  const clock = new FakeClock()

  it('spreads by load where nothing was measured', () => {
    const cards = new Cards([aCard(0, clock), aCard(2, clock)], 10)
    expect(take(cards, 100, 30, 30, 30)).toEqual([0, 2, 2, 2])
  })

  it('goes round among equals', () => {
    const cards = new Cards(
      [0, 1, 2].map((index) => aCard(index, clock)),
      10,
    )
    expect(take(cards, 1, 1, 1, 1)).toEqual([0, 1, 2, 0])
  })

  it('has no more room than its sessions, and gives a place back once', () => {
    const cards = new Cards([aCard(0, clock)], 2)
    const first = cards.take(ladderOf(10))
    cards.take(ladderOf(10))
    expect([cards.hasRoom(1), cards.take(ladderOf(10)), cards.slots]).toEqual([false, undefined, 2])
    first?.place.release()
    first?.place.release()
    expect(cards.all[0]).toMatchObject({ index: 0, sessions: 1, load: 10 })
  })

  it('gives a card that is three times as fast three times the load', async () => {
    const [slow, fast] = [aCard(0, clock, 'NVIDIA P4'), aCard(1, clock, 'NVIDIA L4')]
    const cards = new Cards([slow, fast], 10)
    await encode(slow, clock, { pixels: 100, ms: 1 })
    await encode(fast, clock, { pixels: 300, ms: 1 })
    expect(take(cards, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000).filter((card) => card === 1)).toHaveLength(6)
    expect(cards.take(ladderOf(1000))?.judged).toEqual([
      { card: 1, load: 6000, pixelsPerMs: 300, predicted: expect.closeTo(7000 / 300_000) },
      { card: 0, load: 2000, pixelsPerMs: 100, predicted: 3000 / 100_000 },
    ])
  })
})
