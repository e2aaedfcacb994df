import { isLivepeerError } from '@livepeer-node/sdk'
import { isError, type JsonRpcApiProvider } from 'ethers'
import { revertReason } from '../contracts/contract.ts'
import type { Attempt } from './journal.ts'

/** What came of sending a signed transaction. */
export type Broadcast =
  /** It is on its way; or nobody knows, and it is sent again later. */
  | { readonly state: 'sent' | 'unknown' }
  /** Nobody has it, and nobody takes it. */
  | { readonly state: 'refused'; readonly error: unknown; readonly isPoor: boolean }

/**
 * Refusals that say nothing for good: an earlier answer was lost, its nonce is contended for, or gas became dearer meanwhile.
 * Time will tell what becomes of it.
 */
const UNDECIDED =
  /already known|already imported|known transaction|nonce too low|underpriced|less than block base fee|pool is full/i

/** Hands a signed transaction to the chain. Never rejects. */
export async function broadcast(provider: JsonRpcApiProvider, { raw, hash }: Attempt): Promise<Broadcast> {
  try {
    await provider.send('eth_sendRawTransaction', [raw])
    return { state: 'sent' }
  } catch (error) {
    // No endpoint answered: one of them may have it all the same.
    if (isLivepeerError(error)) return { state: 'unknown' }
    if (UNDECIDED.test(wordsOf(error)) || isError(error, 'NONCE_EXPIRED')) return { state: 'unknown' }
    if (await isKnown(provider, hash)) return { state: 'sent' }
    return { state: 'refused', error, isPoor: isError(error, 'INSUFFICIENT_FUNDS') }
  }
}

/** Does the chain have it, or is it in doubt? An endpoint may have taken it before another one refused it. */
async function isKnown(provider: JsonRpcApiProvider, hash: string): Promise<boolean> {
  try {
    return (await provider.send('eth_getTransactionByHash', [hash])) !== null
  } catch {
    return true
  }
}

/** What an endpoint said; ethers puts a lot around it. */
export function wordsOf(error: unknown): string {
  const info: unknown = typeof error === 'object' && error !== null && 'info' in error ? error.info : undefined
  const inner: unknown = typeof error === 'object' && error !== null && 'error' in error ? error.error : info
  const nested: unknown = typeof inner === 'object' && inner !== null && 'error' in inner ? inner.error : inner
  const said = typeof nested === 'object' && nested !== null && 'message' in nested ? nested.message : undefined
  return typeof said === 'string' ? said : revertReason(error)
}
