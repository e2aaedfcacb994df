/** What an orchestrator asks of those who pay it. Amounts in wei. */
export interface PayeeSettings {
  /** The account of this node, 20 bytes: it signs, and stands in each `OrchestratorInfo`. */
  readonly address: Uint8Array
  /** Whom tickets pay, 20 bytes; mostly the same. */
  readonly recipient: Uint8Array
  /** Expected value of a ticket. */
  readonly ticketEv: bigint
  /** 0 = as the sender's reserve allows. */
  readonly maxFaceValue: bigint
  /** Gas of one redemption. */
  readonly redeemGas: bigint
  /** Does the price cover what redeeming costs? */
  readonly autoAdjustPrice: boolean
}
