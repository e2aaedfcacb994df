import type { RoundClock, SenderFunds, TicketRound } from '@livepeer-node/protocol'

/** Where the chain stands, as far as being paid depends on it. */
export interface PayeePosition {
  /** Latest L1 block. */
  readonly l1Block: bigint
  /** Latest block of the chain that transactions go to. */
  readonly block: bigint
  /** Of the latest initialized round. */
  readonly clock: RoundClock
  readonly latest: TicketRound
  /** The round before it. */
  readonly previous: TicketRound
  /** Orchestrators that share each reserve. */
  readonly poolSize: bigint
  /** May the recipient redeem in the latest round? True where it is not known. */
  readonly isActive: boolean
  /** Wei per gas; 0 = not known. */
  readonly gasPrice: bigint
}

/** What being paid asks of the chain. Nothing here waits: it is the last good state, however old. */
export interface PayeeChain {
  /** @throws where nothing was ever known, which a start does not get past */
  position(): PayeePosition
}

/** A sender as the contract has it. */
export interface SenderState {
  readonly funds: SenderFunds
  /** Wei that our recipient drew from its reserve in the current round. */
  readonly claimed: bigint
}
