import { keySigner, type Signer } from '@livepeer-node/protocol'
import { getBytes, type TransactionLike, Wallet } from 'ethers'
import { type KeyRequest, openKey } from './keystore.ts'
import type { TransactionSigner } from './transaction-signer.ts'

/** An account whose key is in memory. */
export interface KeyedIdentity {
  /** With checksum. */
  readonly address: string
  /** For the wire: tickets, segments, requests; fast. */
  readonly signer: Signer
  readonly transactions: TransactionSigner
}

/**
 * Opens a key of a keystore folder. Takes about a second, on purpose of whoever chose the key's cost.
 * @throws `LP_ACCOUNT_…`, `LP_KEY_PASSWORD`, `LP_KEY_FILE`, `LP_KEYSTORE`; nothing is ever made where a key is missing
 */
export async function unlock(request: KeyRequest): Promise<KeyedIdentity> {
  return identityOf(await openKey(request))
}

/** The account of a private key, `0x…`, 32 bytes. */
export function identityOf(privateKey: string): KeyedIdentity {
  const wallet = new Wallet(privateKey)
  return Object.freeze({
    address: wallet.address,
    signer: keySigner(getBytes(privateKey)),
    transactions: {
      address: wallet.address,
      sign: (transaction: TransactionLike) => wallet.signTransaction(transaction),
    },
  })
}
