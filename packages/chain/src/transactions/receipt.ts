import type { JsonRpcApiProvider, TransactionReceipt } from 'ethers'
import { type ChainLog, toChainLog } from '../logs.ts'
import type { Attempt } from './journal.ts'

/** What became of a transaction. */
export interface Receipt {
  readonly transactionHash: string
  readonly block: bigint
  readonly blockHash: string
  readonly gasUsed: bigint
  /** Wei per gas that was paid. */
  readonly gasPrice: bigint
  /** In order; `ProtocolContract.readEvent` reads them. */
  readonly logs: readonly ChainLog[]
}

/** That one of a transaction's forms was mined. */
export interface Mined {
  readonly attempt: Attempt
  readonly isReverted: boolean
  readonly receipt: Receipt
}

/** Which of the forms the chain has, if any. */
export async function findMined(
  provider: JsonRpcApiProvider,
  attempts: readonly Attempt[],
): Promise<Mined | undefined> {
  // The newest is the likeliest.
  for (const attempt of attempts.toReversed()) {
    const receipt = await provider.getTransactionReceipt(attempt.hash)
    if (receipt) return { attempt, isReverted: receipt.status === 0, receipt: toReceipt(receipt) }
  }
  return undefined
}

function toReceipt({ hash, blockNumber, blockHash, gasUsed, gasPrice, logs }: TransactionReceipt): Receipt {
  return { transactionHash: hash, block: BigInt(blockNumber), blockHash, gasUsed, gasPrice, logs: logs.map(toChainLog) }
}
