import { keccak256, type TransactionLike } from 'ethers'
import type { TransactionSigner } from '../keys/transaction-signer.ts'
import type { Attempt, Fees } from './journal.ts'

/** All that is signed. */
export interface TransactionForm {
  readonly chainId: bigint
  readonly nonce: number
  readonly to: string
  readonly data: string
  /** Wei. */
  readonly value: bigint
  readonly gasLimit: bigint
  readonly fees: Fees
  /** It does nothing but take the nonce away. */
  readonly isCancel?: boolean
}

/** Signs one form of a transaction. Rejects with what the signer says. */
export async function signAttempt(signer: TransactionSigner, form: TransactionForm, now: number): Promise<Attempt> {
  const { fees, isCancel = false, ...rest } = form
  const { maxFeePerGas, maxPriorityFeePerGas } = fees
  const price: TransactionLike =
    maxPriorityFeePerGas === undefined
      ? { type: 0, gasPrice: maxFeePerGas }
      : { type: 2, maxFeePerGas, maxPriorityFeePerGas }
  const raw = await signer.sign({ ...rest, ...price })
  return { raw, hash: keccak256(raw), signedAt: now, fees, isCancel }
}
