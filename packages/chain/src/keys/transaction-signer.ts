import type { TransactionLike } from 'ethers'

/** Signs transactions of one account: with a key in memory, or a plugin that asks a device or a service. */
export interface TransactionSigner {
  /** With checksum. */
  readonly address: string
  /**
   * The signed transaction's bytes, `0x…`. Nonce, gas, fees and chain id are filled in by the caller.
   * May refuse, as a signer with limits does: nothing has been sent then.
   */
  sign(transaction: TransactionLike): Promise<string>
}
