import type { WinningTicket } from '@livepeer-node/protocol'

/** A winner as it lies on disk. */
export interface StoredWinner {
  /** `0x…` of the ticket hash: what the contract marks as used. */
  readonly key: string
  readonly ticket: WinningTicket
  /** Block of the chain at which it came: its redemption is in no earlier one. */
  readonly addedBlock: bigint
}

/** How a winner ended. */
export type Settlement =
  | {
      /** The contract has paid it, in a block that lies as deep as it has to. */
      readonly redeemed: {
        /** Hash of the transaction, `0x…`. */
        readonly transaction: string
        readonly block: bigint
        /** Wei that were really paid: less than its face value where its sender had less. */
        readonly amount: bigint
      }
    }
  | {
      /** It can not be redeemed any more, or was given up: why, beginning with a code. */
      readonly lost: string
    }

/** The winners on disk, as redemption needs them. Every change is durable when the call returns. */
export interface WinnerStore {
  /** Neither redeemed nor lost, oldest first. */
  unsettled(): readonly StoredWinner[]
  /** Redeemed in this block or a later one. */
  redeemedSince(block: bigint): readonly StoredWinner[]
  settle(key: string, settlement: Settlement): void
  /** Its redemption is gone from the chain: it waits again. */
  reopen(key: string): void
}
