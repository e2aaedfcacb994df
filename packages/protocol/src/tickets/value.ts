import { reserveTooLow } from './errors-money.ts'
import { AVERAGE_GAS_PRICE, EV_MULTIPLIER, MAX_WIN_PROB, TX_COST_MULTIPLIER } from './constants.ts'
import { Rational } from './rational.ts'

/** What one ticket is worth before the draw, wei, exact (payments.md A3). */
export function expectedValue({ faceValue, winProb }: { faceValue: bigint; winProb: bigint }): Rational {
  return Rational.of(faceValue * winProb, MAX_WIN_PROB)
}

/** A winning probability as a fraction of 1. */
export function winProbFraction(winProb: bigint): Rational {
  return Rational.of(winProb, MAX_WIN_PROB)
}

/** The probability at which a ticket of this face value is worth `ev`, or a hair more (payments.md A6.3). */
export function winProbFor(faceValue: bigint, ev: bigint): bigint {
  if (faceValue === 0n) return 0n
  if (faceValue === ev) return MAX_WIN_PROB
  return ev * ((MAX_WIN_PROB + faceValue - 1n) / faceValue)
}

/** What decides how large the tickets of a sender are; wei and gas. */
export interface FaceValueInputs {
  /** Expected value that each ticket shall have. */
  readonly ev: bigint
  /** Gas of one redemption. */
  readonly redeemGas: bigint
  /** Wei per gas; 0 = not known. */
  readonly gasPrice: bigint
  /** Most that the sender's reserve stands for, see `maxFloat`; may be negative. */
  readonly maxFloat: bigint
  /** The operator's bound; 0 = none. */
  readonly maxFaceValue: bigint
}

/**
 * Face value of a sender's tickets: large enough that redeeming costs about 1 %, no larger than the sender's reserve stands
 * for (payments.md A6.2).
 * @throws `LP_SENDER_RESERVE` when that is less than the expected value, or than its own redemption costs
 */
export function faceValueFor(inputs: FaceValueInputs): bigint {
  const { ev, redeemGas, gasPrice, maxFloat, maxFaceValue } = inputs
  const txCost = redeemGas * gasPrice
  const wanted = txCost * TX_COST_MULTIPLIER < ev ? ev * EV_MULTIPLIER : txCost * TX_COST_MULTIPLIER
  const backed = least(wanted, maxFloat)
  const faceValue = maxFaceValue > 0n ? least(backed, maxFaceValue) : backed
  if (faceValue < ev) throw reserveTooLow(faceValue, ev)
  // Gas that is dear at the moment shall not stop a stream whose tickets are worth redeeming later.
  const averageCost = redeemGas * AVERAGE_GAS_PRICE
  if (faceValue < txCost && faceValue < averageCost) throw reserveTooLow(faceValue, least(txCost, averageCost))
  return faceValue
}

/** How many times a face value covers its redemption; 0 where that costs nothing. Goes into the price (`adjustedPrice`). */
export function txCostMultiplier(faceValue: bigint, txCost: bigint): Rational {
  return txCost <= 0n ? Rational.ZERO : Rational.of(faceValue, txCost)
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
