import type { WinningTicket } from '@livepeer-node/protocol'
import type { StoredWinner } from './tickets.ts'

/** Where the chain stands, as far as redemption needs it. */
export interface RedemptionPosition {
  /** Latest block of the chain that transactions go to. */
  readonly block: bigint
  readonly l1Block: bigint
  readonly round: {
    /** By blocks, whether somebody has initialized it or not. */
    readonly number: bigint
    readonly initialized: boolean
    /** L1 block. */
    readonly startBlock: bigint
    /** L1 blocks. */
    readonly lengthBlocks: bigint
  }
}

/** The contract has taken a ticket. */
export interface RedemptionEvent {
  /** Hash of the transaction, `0x…`. */
  readonly transaction: string
  readonly block: bigint
  /** Wei that were paid; 0: it was burned. */
  readonly amount: bigint
}

/** A redemption on its way. */
export interface RedemptionInFlight {
  /** The tickets in it. */
  readonly keys: readonly string[]
  /**
   * What the contract did with each ticket, once that lies deep enough; a ticket that is not in it was not taken.
   * Rejects when the transaction failed, or will never be mined.
   */
  readonly outcome: Promise<ReadonlyMap<string, RedemptionEvent>>
}

/** What redemption asks of the chain. Whatever fails here is tried again at a later block. */
export interface RedemptionChain {
  /** The last good state. `undefined`: nothing is known yet. */
  position(): RedemptionPosition | undefined
  /** Rounds for which a ticket is good, its own included. */
  validityRounds(): Promise<bigint>
  /** Wei that the contract would pay this recipient out of the sender's deposit and reserve now; 0 once it has unlocked. */
  payable(ticket: WinningTicket): Promise<bigint>
  isUsed(key: string): Promise<boolean>
  /** Finds when a used ticket was redeemed, by whomever. */
  findRedemption(winner: StoredWinner): Promise<RedemptionEvent | undefined>
  /** Wei per gas. */
  gasPrice(): Promise<bigint>
  /** Gas that redeeming this ticket alone takes. @throws with the contract's reason where it would refuse */
  estimate(winner: StoredWinner): Promise<bigint>
  /**
   * Redeems, several in one transaction. What was sent is on disk before it leaves; the outcome is open for as long as the
   * transaction may still be mined, however long the chain is silent.
   */
  redeem(winners: readonly StoredWinner[], gasLimit: bigint): RedemptionInFlight
  /** What an earlier process has sent and nobody has seen the end of. */
  inFlight(): readonly RedemptionInFlight[]
}
