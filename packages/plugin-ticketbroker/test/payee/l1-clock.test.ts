import { describe, expect, it } from 'vitest'
import { presentL1Block } from '../../src/payee/l1-clock.ts'

const ARBITRUM = 42_161n

describe('the L1 block', () => {
  it('is the one that was seen, as long as the chain answers', () => {
    expect(presentL1Block({ chainId: ARBITRUM, l1Block: 1000n, ageMs: 0 })).toBe(1000n)
    expect(presentL1Block({ chainId: ARBITRUM, l1Block: 1000n, ageMs: 60_000 })).toBe(1000n)
  })

  it('goes on by the clock when it does not, so that terms of an orchestrator without a chain are not past', () => {
    expect(presentL1Block({ chainId: ARBITRUM, l1Block: 1000n, ageMs: 60_001 })).toBe(1005n)
    expect(presentL1Block({ chainId: 1n, l1Block: 1000n, ageMs: 3_600_000 })).toBe(1300n)
  })

  it('stands still on a chain whose pace nobody knows', () => {
    expect(presentL1Block({ chainId: 31_337n, l1Block: 1000n, ageMs: 3_600_000 })).toBe(1000n)
  })
})
