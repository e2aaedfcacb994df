import { describe, expect, test } from 'vitest'
import { poolHints } from '../../src/index.ts'

/** The known answers of payments.md G11. */
const POOL = ['aaa', 'bbb', 'ccc', 'ddd', 'eee'].map((address, i) => ({ address, stake: 5n - BigInt(i) }))

describe('the neighbours in the pool', () => {
  test.each([
    ['fff', 1n, 'full', undefined, undefined],
    ['fff', 2n, 'full', 'ddd', undefined],
    ['fff', 1n, 'not full', 'eee', undefined],
    ['fff', 100n, 'full', undefined, 'aaa'],
    ['fff', 5n, 'full', 'aaa', 'bbb'],
    ['eee', 2n, 'not full', 'ddd', undefined],
    ['eee', 3n, 'not full', 'ccc', 'ddd'],
    ['ccc', 6n, 'not full', undefined, 'aaa'],
    ['aaa', 1n, 'not full', 'eee', undefined],
    ['aaa', 0n, 'full', undefined, undefined],
  ])('of %s with %d where the pool is %s are %s and %s', (address, stake, fullness, previous, next) => {
    const hints = poolHints(POOL, fullness === 'full', { address, stake })
    expect(hints).toEqual({ ...(previous && { previous }), ...(next && { next }) })
  })

  test('are found whatever the case of the address', () => {
    expect(poolHints(POOL, false, { address: 'CCC', stake: 6n })).toEqual({ next: 'aaa' })
    expect(poolHints([], false, { address: 'aaa', stake: 1n })).toEqual({})
  })
})
