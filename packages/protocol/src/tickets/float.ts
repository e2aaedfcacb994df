import type { SenderFunds } from './types.ts'

/** A deposit of this many times what is being redeemed lets the reserve alone count. */
const DEPOSIT_RATIO = 3n

/** How far a sender is good for its tickets, wei (payments.md B1). */
export interface FloatInputs {
  readonly funds: Pick<SenderFunds, 'deposit' | 'reserve'>
  /** Wei that this recipient drew from the sender's reserve in the current round. */
  readonly claimed: bigint
  /** Orchestrators among whom a reserve is divided: size of the pool. */
  readonly poolSize: bigint
  /** Face values that are being redeemed now. */
  readonly pending: bigint
}

/** This recipient's share of the sender's reserve; negative after the pool grew. */
export function reserveShare({ funds: { reserve }, claimed, poolSize }: Omit<FloatInputs, 'pending'>): bigint {
  if (poolSize === 0n) return 0n
  return (reserve.fundsRemaining + reserve.claimedInCurrentRound) / poolSize - claimed
}

/** Largest face value that the sender's reserve stands for; may be negative. */
export function maxFloat(inputs: FloatInputs): bigint {
  const { funds, pending } = inputs
  const share = reserveShare(inputs)
  const isCoveredByDeposit = pending > 0n && funds.deposit >= DEPOSIT_RATIO * pending
  return isCoveredByDeposit ? share : share - pending
}

/** All that the sender could pay this recipient now; may be negative. */
export function availableFunds(inputs: FloatInputs): bigint {
  return reserveShare(inputs) + inputs.funds.deposit - inputs.pending
}
