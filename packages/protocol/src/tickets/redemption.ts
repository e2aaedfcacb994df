import { fundsBelowCost, faceValueBelowCost } from './errors-money.ts'
import type { TicketRound, WinningTicket } from './types.ts'

/**
 * May the secret number be revealed? Not while the terms are good: the sender could choose nonces that lose (payments.md H28).
 * @param l1Block latest L1 block
 */
export function isRevealable({ expirationBlock }: Pick<WinningTicket, 'expirationBlock'>, l1Block: bigint): boolean {
  return expirationBlock <= l1Block
}

/** Does the contract still pay a ticket of this round? `round`: its current round, initialized or not (payments.md C, check 8). */
export function isRedeemableIn(round: bigint, { creationRound }: TicketRound, validityRounds: bigint): boolean {
  return creationRound + validityRounds > round
}

/**
 * Is it worth redeeming now? All in wei (payments.md B4).
 * @throws `LP_REDEEM_FUNDS` when the sender cannot even pay the transaction, `LP_REDEEM_COST` when the ticket is not worth it;
 * both may change
 */
export function checkRedemption(costs: { faceValue: bigint; availableFunds: bigint; txCost: bigint }): void {
  const { faceValue, availableFunds, txCost } = costs
  if (availableFunds <= txCost) throw fundsBelowCost(availableFunds, txCost)
  if (faceValue <= txCost) throw faceValueBelowCost(faceValue, txCost)
}
