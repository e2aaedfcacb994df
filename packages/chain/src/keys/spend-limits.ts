import { readFile } from 'node:fs/promises'
import { type Clock, replaceFile } from '@livepeer-node/sdk'
import type { TransactionLike } from 'ethers'
import { z } from 'zod'
import { spendJournal, spendLimit } from './errors.ts'
import type { TransactionSigner } from './transaction-signer.ts'

const DAY_MS = 24 * 3600 * 1000
const DIGITS = z.string().regex(/^\d+$/)
const Journal = z.array(z.object({ at: z.number(), nonce: z.number(), wei: DIGITS }))

/** How much an account may spend: value and the most that gas may cost, together. */
export interface SpendLimits {
  /** Wei. */
  readonly perTransaction?: bigint
  /** Wei in any 24 hours. */
  readonly perDay?: bigint
}

/** What keeps count. */
export interface SpendJournal {
  /** Path of a file of the data folder. */
  readonly file: string
  readonly clock: Clock
}

/** A transaction that was signed. A later one with the same nonce takes its place: only one of them is ever mined. */
interface Spent {
  readonly at: number
  readonly nonce: number
  readonly wei: bigint
}

/**
 * A signer that signs only within limits. What it signs counts from before it is signed, on disk; what it refuses does not.
 * Its `sign` throws `LP_SPEND_LIMIT`, and `LP_SPEND_JOURNAL` where nothing can be kept count of.
 */
export function limitSpending(
  signer: TransactionSigner,
  limits: SpendLimits,
  journal: SpendJournal,
): TransactionSigner {
  const account = new LimitedAccount(limits, journal)
  return {
    address: signer.address,
    sign: async (transaction) => {
      await account.spend(transaction)
      return signer.sign(transaction)
    },
  }
}

class LimitedAccount {
  readonly #limits: SpendLimits
  readonly #journal: SpendJournal
  #spent: readonly Spent[] | undefined
  /** One after the other: two at once could pass a limit together. */
  #queue: Promise<void> = Promise.resolve()

  constructor(limits: SpendLimits, journal: SpendJournal) {
    this.#limits = limits
    this.#journal = journal
  }

  spend(transaction: TransactionLike): Promise<void> {
    const turn = this.#queue.then(() => this.#spend(transaction))
    this.#queue = turn.catch(() => undefined) // its caller has the reason
    return turn
  }

  async #spend(transaction: TransactionLike): Promise<void> {
    const { perTransaction, perDay } = this.#limits
    const wei = mostOf(transaction)
    if (perTransaction !== undefined && wei > perTransaction) {
      throw spendLimit('transaction', `${wei} wei`, `${perTransaction} wei`)
    }
    const now = this.#journal.clock.now()
    const nonce = transaction.nonce ?? 0
    const before = (this.#spent ?? (await this.#read())).filter(({ at }) => at > now - DAY_MS)
    const replaced = before.find((spent) => spent.nonce === nonce)
    const others = before.filter((spent) => spent !== replaced)
    const most = replaced && replaced.wei > wei ? replaced.wei : wei
    const total = others.reduce((sum, spent) => sum + spent.wei, most)
    if (perDay !== undefined && total > perDay) throw spendLimit('day', `${total} wei`, `${perDay} wei`)
    await this.#write([...others, { at: now, nonce, wei: most }])
  }

  async #read(): Promise<readonly Spent[]> {
    const { file } = this.#journal
    try {
      const entries = Journal.parse(JSON.parse(await readFile(file, 'utf8')))
      return entries.map(({ wei, ...entry }) => ({ ...entry, wei: BigInt(wei) }))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw spendJournal(file, error)
    }
  }

  async #write(spent: readonly Spent[]): Promise<void> {
    const { file } = this.#journal
    try {
      await replaceFile(file, JSON.stringify(spent.map((entry) => ({ ...entry, wei: entry.wei.toString() }))))
    } catch (error) {
      throw spendJournal(file, error)
    }
    this.#spent = spent
  }
}

/** Value, and gas at its highest price. */
function mostOf({ value, gasLimit, gasPrice, maxFeePerGas }: TransactionLike): bigint {
  return BigInt(value ?? 0) + BigInt(gasLimit ?? 0) * BigInt(maxFeePerGas ?? gasPrice ?? 0)
}
