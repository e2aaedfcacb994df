/** What a batch costs before its first ticket, and what room each ticket gets in it at least: the chain's own estimate pays nobody (payments.md C). */
const BATCH_BASE_GAS = 200_000n
const BATCH_TICKET_GAS = 300_000n
/** The state may change between estimate and block: drawing on the reserve takes 80,000 more. */
const MARGIN_GAS = 100_000n

/** Gas limit of one redemption that was estimated alone. */
export function singleGasLimit(estimate: bigint): bigint {
  return (estimate * 12n) / 10n + MARGIN_GAS
}

/** Gas limit of several redemptions in one transaction, by the estimates of each alone. What is not used costs nothing. */
export function batchGasLimit(estimates: readonly bigint[]): bigint {
  const tickets = estimates.reduce((sum, estimate) => sum + larger((estimate * 15n) / 10n, BATCH_TICKET_GAS), 0n)
  return BATCH_BASE_GAS + tickets
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
