/** Parts that the contracts divide shares of stake and fees into (payments.md D3). */
export const PERCENT_DIVISOR = 1_000_000n
/** Parts that the Minter divides into. */
export const MINTER_DIVISOR = 1_000_000_000n

/** `numerator/denominator` of an amount as the contracts reckon it: rounded down twice. */
export function percentOf(amount: bigint, numerator: bigint, denominator: bigint, divisor = PERCENT_DIVISOR): bigint {
  return (amount * percentPoints(numerator, denominator, divisor)) / divisor
}

/** `numerator/denominator` in parts of the divisor, rounded down. */
export function percentPoints(numerator: bigint, denominator: bigint, divisor = PERCENT_DIVISOR): bigint {
  return (numerator * divisor) / denominator
}

/** What `reward` adds up to. Amounts in the smallest part of LPT. */
export interface RewardInputs {
  /** Bonded to the orchestrator now. */
  readonly totalStake: bigint
  /** What this round may make for all. */
  readonly mintable: bigint
  /** The orchestrator's stake that counts in this round. */
  readonly stakeInRound: bigint
  /** That of all. */
  readonly totalBonded: bigint
}

/** The orchestrator's stake once it has called `reward`, for its place in the pool; the same as before where nothing is bonded. */
export function stakeAfterReward({ totalStake, mintable, stakeInRound, totalBonded }: RewardInputs): bigint {
  if (totalBonded === 0n) return totalStake
  return totalStake + (mintable * stakeInRound) / totalBonded
}
