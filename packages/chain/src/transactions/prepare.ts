import { isLivepeerError } from '@livepeer-node/sdk'
import { isError } from 'ethers'
import type { Chain } from '../chain.ts'
import { type ContractCall, revertReason } from '../contracts/contract.ts'
import { fundsMissing, refused, wouldRevert } from './errors.ts'

/** Gas that is allowed beyond the estimate, percent: what a transaction needs depends on those before it. */
const GAS_MARGIN_PERCENT = 25n

/**
 * Gas limit for a call, with a margin.
 * @throws `LP_TX_WOULD_REVERT` with the contract's reason, `LP_TX_FUNDS`, `LP_TX_REFUSED`, `LP_CHAIN_UNREACHABLE`
 */
export async function estimateGas(
  { provider }: Chain,
  from: string,
  { to, data, value, label }: ContractCall & { readonly label: string },
): Promise<bigint> {
  try {
    const estimate = await provider.estimateGas({ from, to, data, value: value ?? 0n })
    return (estimate * (100n + GAS_MARGIN_PERCENT)) / 100n
  } catch (error) {
    if (isLivepeerError(error)) throw error
    if (isError(error, 'INSUFFICIENT_FUNDS')) throw fundsMissing(label, from, error)
    if (isError(error, 'CALL_EXCEPTION')) throw wouldRevert(label, revertReason(error), error)
    throw refused(label, revertReason(error), error)
  }
}
