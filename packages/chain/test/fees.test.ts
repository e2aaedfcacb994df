import { expect, test } from 'vitest'
import { boundFees, bumpFee, replacementFees } from '../src/transactions/fees.ts'

// The known answers of payments.md G11.
test.each([
  [500n, 0n, 500n],
  [500n, 11n, 555n],
  [500n, 17n, 585n],
  [500n, 101n, 1005n],
  [50n, 11n, 56n],
  [501n, 11n, 557n],
  [9n, 11n, 10n],
])('%d and %d percent more is %d', (fee, percent, expected) => {
  expect(bumpFee(fee, percent)).toBe(expected)
})

test('a replacement pays 11 percent more, or what the chain asks by now', () => {
  const before = { maxFeePerGas: 1000n, maxPriorityFeePerGas: 100n }
  const same = { maxFeePerGas: 900n, maxPriorityFeePerGas: 90n }
  expect(replacementFees(before, same, undefined)).toEqual({ maxFeePerGas: 1110n, maxPriorityFeePerGas: 111n })
  const dearer = { maxFeePerGas: 5000n, maxPriorityFeePerGas: 300n }
  expect(replacementFees(before, dearer, undefined)).toEqual(dearer)
  expect(replacementFees(before, dearer, 4999n)).toBeUndefined()
  expect(replacementFees({ maxFeePerGas: 1000n }, { maxFeePerGas: 1n }, 1110n)).toEqual({ maxFeePerGas: 1110n })
})

test('nobody is offered more than the bound', () => {
  const suggested = { fees: { maxFeePerGas: 2100n, maxPriorityFeePerGas: 100n }, price: 1100n }
  expect(boundFees('x', suggested, undefined)).toEqual(suggested.fees)
  expect(boundFees('x', suggested, 1100n)).toEqual({ maxFeePerGas: 1100n, maxPriorityFeePerGas: 100n })
  expect(() => boundFees('x', suggested, 1099n)).toThrow(
    expect.objectContaining({ code: 'LP_TX_GAS_PRICE', observed: '1100', limit: '1099' }),
  )
})
