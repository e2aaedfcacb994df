import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { CardSpeed, pixelsPerMsOf } from '../src/card-speed.ts'

/** Segments that begin together and end one after the other. */
async function run(
  speed: CardSpeed,
  clock: FakeClock,
  segments: readonly { pixels: number; after: number }[],
): Promise<void> {
  const running = segments.map(({ pixels, after }) => ({ done: speed.begin(), pixels, after }))
  for (const { done, pixels, after } of running) {
    await clock.advance(after)
    done(pixels)
  }
}

describe('CardSpeed', () => {
  it('is of the card as a whole: two sessions that each take twice the time are the same speed', async () => {
    const clock = new FakeClock()
    const [alone, shared] = [new CardSpeed(clock), new CardSpeed(clock)]
    await run(alone, clock, [{ pixels: 1000, after: 10 }])
    await run(shared, clock, [
      { pixels: 1000, after: 20 },
      { pixels: 1000, after: 0 },
    ])
    expect([alone.pixelsPerMs, shared.pixelsPerMs]).toEqual([100, 100])
    expect([alone.concurrency, shared.concurrency]).toEqual([1, 2])
  })

  it('follows what the card does lately, and forgets a failed segment', async () => {
    const clock = new FakeClock()
    const speed = new CardSpeed(clock)
    expect(speed.pixelsPerMs).toBeUndefined()
    await run(speed, clock, [{ pixels: 0, after: 5 }])
    expect(speed.pixelsPerMs).toBeUndefined()
    await run(speed, clock, [{ pixels: 1000, after: 10 }])
    await run(speed, clock, [{ pixels: 1000, after: 20 }])
    expect(speed.pixelsPerMs).toBe(90)
  })
})

describe('pixelsPerMsOf', () => {
  const clock = new FakeClock()
  const card = async (model: string, pixels: number, sessions = 1) => {
    const speed = new CardSpeed(clock)
    if (pixels > 0)
      await run(
        speed,
        clock,
        Array.from({ length: sessions }, (_, n) => ({ pixels, after: n === 0 ? 1 : 0 })),
      )
    return { model, speed }
  }

  it('is 1 before anything was measured', async () => {
    const cards = [await card('a', 0), await card('b', 0)]
    expect(pixelsPerMsOf(cards[0] ?? (await card('a', 0)), cards)).toBe(1)
  })

  it('takes the mean of its model for a card that was not measured, else of all', async () => {
    const [fresh, other] = [await card('a', 0), await card('c', 0)]
    const cards = [await card('a', 100), await card('a', 200), await card('b', 900), fresh, other]
    expect(pixelsPerMsOf(fresh, cards)).toBe(150)
    expect(pixelsPerMsOf(other, cards)).toBe(400)
  })

  it('counts a card with little to do as fast as the busy ones of its model; of like load its own measure counts', async () => {
    const [idle, busy, slow] = [await card('a', 100), await card('a', 100, 3), await card('a', 50, 3)]
    const cards = [idle, busy, slow]
    expect(cards.map((each) => pixelsPerMsOf(each, cards))).toEqual([300, 300, 150])
  })
})
