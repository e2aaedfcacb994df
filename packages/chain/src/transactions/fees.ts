import type { Chain } from '../chain.ts'
import { gasPriceAbove } from './errors.ts'
import type { Fees } from './journal.ts'

/** Parts per 100 that a replacement adds: nodes take none that adds less than 10. */
const BUMP_PERCENT = 11n

/** What the chain suggests now. */
export interface SuggestedFees {
  readonly fees: Fees
  /** Wei per gas that it would cost in the next block. */
  readonly price: bigint
}

/** The price that gets a transaction mined soon, even if the price of gas doubles meanwhile (payments.md E3). */
export async function suggestFees(chain: Chain): Promise<SuggestedFees> {
  const [price, head] = await Promise.all([chain.gasPrice(), chain.block()])
  const baseFee = head?.baseFee
  if (baseFee === undefined) return { fees: { maxFeePerGas: price }, price }
  const tip = await chain.provider.send('eth_maxPriorityFeePerGas', []).then(
    (suggested: unknown) => BigInt(String(suggested)),
    // Not all endpoints know the method.
    () => (price > baseFee ? price - baseFee : 0n),
  )
  return { fees: { maxFeePerGas: 2n * baseFee + tip, maxPriorityFeePerGas: tip }, price: baseFee + tip }
}

/** The suggestion within the operator's bound. @throws `LP_TX_GAS_PRICE`. */
export function boundFees(label: string, { fees, price }: SuggestedFees, maxGasPrice: bigint | undefined): Fees {
  if (maxGasPrice === undefined) return fees
  if (price > maxGasPrice) throw gasPriceAbove(label, price, maxGasPrice)
  return fees.maxFeePerGas <= maxGasPrice ? fees : { ...fees, maxFeePerGas: maxGasPrice }
}

/** Fees that replace a transaction with those before; `undefined`: they would be above the bound. */
export function replacementFees(before: Fees, suggested: Fees, maxGasPrice: bigint | undefined): Fees | undefined {
  const maxFeePerGas = larger(bumpFee(before.maxFeePerGas), suggested.maxFeePerGas)
  if (maxGasPrice !== undefined && maxFeePerGas > maxGasPrice) return undefined
  if (before.maxPriorityFeePerGas === undefined) return { maxFeePerGas }
  const tip = larger(bumpFee(before.maxPriorityFeePerGas), suggested.maxPriorityFeePerGas ?? 0n)
  return { maxFeePerGas, maxPriorityFeePerGas: tip < maxFeePerGas ? tip : maxFeePerGas }
}

/** A fee and so many percent more, rounded up (payments.md E4). */
export function bumpFee(fee: bigint, percent = BUMP_PERCENT): bigint {
  return (fee * (100n + percent) + 99n) / 100n
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
