import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { journalUnusable } from './errors.ts'

/** One signed form of a transaction. Replacements have the same nonce; one of all is mined. */
export interface Attempt {
  readonly hash: string
  /** Signed bytes, `0x…`. */
  readonly raw: string
  /** ms since 1970. */
  readonly signedAt: number
  /** Wei per gas. */
  readonly fees: Fees
  /** It does nothing but take the nonce away. */
  readonly isCancel: boolean
}

/** What a transaction offers for its gas, wei per gas. */
export interface Fees {
  readonly maxFeePerGas: bigint
  /** Left out: on a chain that burns nothing, where `maxFeePerGas` is the price. */
  readonly maxPriorityFeePerGas?: bigint
}

/** A transaction of ours, from before it is sent until after it is over. */
export interface JournalEntry {
  readonly id: number
  /** By which its sender knows it again. */
  readonly key?: string
  readonly label: string
  readonly nonce: number
  readonly to: string
  readonly data: string
  readonly value: bigint
  readonly gasLimit: bigint
  /** ms since 1970. */
  readonly createdAt: number
  /** Oldest first; never empty. */
  readonly attempts: readonly Attempt[]
}

export type NewEntry = Omit<JournalEntry, 'id' | 'attempts'>

/** Whose transactions a journal keeps. */
export interface JournalOwner {
  readonly chainId: bigint
  /** With checksum. */
  readonly address: string
}

/** ms to wait for another process that writes: a command beside a node. */
const BUSY_MS = 5000
/** ms for which it is known how a transaction with a key ended. */
const KEPT_MS = 30 * 24 * 3600 * 1000

type Row = Record<string, SQLOutputValue>

const TABLES = `
  CREATE TABLE IF NOT EXISTS transactions (
    id INTEGER PRIMARY KEY, chain TEXT NOT NULL, sender TEXT NOT NULL, nonce INTEGER NOT NULL, key TEXT, label TEXT NOT NULL,
    target TEXT NOT NULL, data TEXT NOT NULL, value TEXT NOT NULL, gasLimit TEXT NOT NULL, createdAt INTEGER NOT NULL,
    endedAt INTEGER, minedHash TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES transactions (id) ON DELETE CASCADE, hash TEXT NOT NULL,
    raw TEXT NOT NULL, signedAt INTEGER NOT NULL, maxFee TEXT NOT NULL, tip TEXT, isCancel INTEGER NOT NULL
  ) STRICT;
`

/** What is on its way, on disk: written before it is sent. Each call is durable when it returns. @throws `LP_TX_JOURNAL`. */
export class TransactionJournal {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #chain: string
  readonly #sender: string

  /** `path`: of a file, which is made; `:memory:` in tests. */
  constructor(path: string, { chainId, address }: JournalOwner) {
    this.#path = path
    this.#chain = chainId.toString()
    this.#sender = address
    this.#database = this.#try(() => {
      // What is signed and not mined yet is nobody's business: a redemption holds the secret behind a ticket.
      if (path !== ':memory:') closeSync(openSync(path, 'a', 0o600))
      const database = new DatabaseSync(path, { timeout: BUSY_MS })
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
      database.exec(TABLES)
      return database
    })
  }

  /** Writes down a transaction that was signed and is about to be sent. */
  add(entry: NewEntry, attempt: Attempt): JournalEntry {
    return this.#try(() => {
      this.#database.exec('BEGIN IMMEDIATE')
      try {
        const { key = null, label, nonce, to, data, value, gasLimit, createdAt } = entry
        const inserted = this.#database
          .prepare(
            'INSERT INTO transactions (chain, sender, nonce, key, label, target, data, value, gasLimit, createdAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          )
          .run(this.#chain, this.#sender, nonce, key, label, to, data, `${value}`, `${gasLimit}`, createdAt)
        const id = Number(inserted.lastInsertRowid)
        this.#insert(id, attempt)
        this.#database.exec('COMMIT')
        return { ...entry, id, attempts: [attempt] }
      } catch (error) {
        this.#database.exec('ROLLBACK')
        throw error
      }
    })
  }

  /** Writes down another form of it, before that is sent. */
  addAttempt(entry: JournalEntry, attempt: Attempt): JournalEntry {
    this.#try(() => this.#insert(entry.id, attempt))
    return { ...entry, attempts: [...entry.attempts, attempt] }
  }

  /** It was never sent, or can never be mined. */
  remove({ id }: Pick<JournalEntry, 'id'>): void {
    this.#try(() => this.#database.prepare('DELETE FROM transactions WHERE id = ?').run(id))
  }

  /** It was mined, deep enough, and did what it should. One with a key is known for 30 days, so that it is not done twice. */
  finish({ id, key }: JournalEntry, minedHash: string, now: number): void {
    if (key === undefined) {
      this.remove({ id })
      return
    }
    this.#try(() => {
      this.#database.prepare('UPDATE transactions SET endedAt = ?, minedHash = ? WHERE id = ?').run(now, minedHash, id)
      this.#database.prepare('DELETE FROM transactions WHERE endedAt < ?').run(now - KEPT_MS)
    })
  }

  /** A reorganization undid what `finish` wrote. */
  reopen(id: number): void {
    this.#try(() =>
      this.#database.prepare('UPDATE transactions SET endedAt = NULL, minedHash = NULL WHERE id = ?').run(id),
    )
  }

  /** All that is on its way, by nonce. */
  pending(): JournalEntry[] {
    return this.#try(() =>
      this.#database
        .prepare('SELECT * FROM transactions WHERE chain = ? AND sender = ? AND endedAt IS NULL ORDER BY nonce, id')
        .all(this.#chain, this.#sender)
        .map((row) => this.#read(row)),
    )
  }

  /** The transaction with a key that was mined, and by what hash. */
  finished(key: string): { readonly entry: JournalEntry; readonly minedHash: string } | undefined {
    return this.#try(() => {
      const row = this.#database
        .prepare('SELECT * FROM transactions WHERE chain = ? AND sender = ? AND key = ? AND endedAt IS NOT NULL')
        .get(this.#chain, this.#sender, key)
      return row && { entry: this.#read(row), minedHash: String(row.minedHash) }
    })
  }

  close(): void {
    this.#database.close()
  }

  #insert(parent: number, { hash, raw, signedAt, fees, isCancel }: Attempt): void {
    const tip = fees.maxPriorityFeePerGas === undefined ? null : `${fees.maxPriorityFeePerGas}`
    this.#database
      .prepare('INSERT INTO attempts (parent, hash, raw, signedAt, maxFee, tip, isCancel) VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(parent, hash, raw, signedAt, `${fees.maxFeePerGas}`, tip, Number(isCancel))
  }

  #read(row: Row): JournalEntry {
    const attempts = this.#database.prepare('SELECT * FROM attempts WHERE parent = ? ORDER BY id').all(Number(row.id))
    return {
      id: Number(row.id),
      ...(row.key !== null && { key: String(row.key) }),
      label: String(row.label),
      nonce: Number(row.nonce),
      to: String(row.target),
      data: String(row.data),
      value: BigInt(String(row.value)),
      gasLimit: BigInt(String(row.gasLimit)),
      createdAt: Number(row.createdAt),
      attempts: attempts.map(readAttempt),
    }
  }

  #try<T>(act: () => T): T {
    try {
      return act()
    } catch (error) {
      throw journalUnusable(this.#path, error)
    }
  }
}

function readAttempt(row: Row): Attempt {
  const tip = row.tip === null ? undefined : BigInt(String(row.tip))
  return {
    hash: String(row.hash),
    raw: String(row.raw),
    signedAt: Number(row.signedAt),
    fees: { maxFeePerGas: BigInt(String(row.maxFee)), ...(tip !== undefined && { maxPriorityFeePerGas: tip }) },
    isCancel: row.isCancel === 1,
  }
}
