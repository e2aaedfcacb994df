import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { EncoderBudget } from '../src/encoder-budget.ts'

describe('EncoderBudget', () => {
  it('without a limit has room until a card refuses, and again when encoders are given back', () => {
    const budget = new EncoderBudget(new FakeClock())
    budget.take(2)
    budget.take(2)
    budget.refuse()
    expect(budget.fits(1)).toBe(false)
    budget.giveBack(2)
    expect([budget.open, budget.fits(100)]).toEqual([2, true])
  })

  it('does not wait for the clock while encoders of ours are open', async () => {
    const clock = new FakeClock()
    const budget = new EncoderBudget(clock, 8)
    budget.take(4)
    budget.refuse()
    await clock.advance(3_600_000)
    expect(budget.fits(1)).toBe(false)
  })
})
