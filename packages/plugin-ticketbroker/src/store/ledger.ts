import { randomBytes } from 'node:crypto'
import type { StatementSync } from 'node:sqlite'
import { fromBytesBE, type NonceUse, Rational, toHex, toUint256 } from '@livepeer-node/protocol'
import type { SessionBalance } from '../payee/balances.ts'
import type { TicketDatabase } from './database.ts'

/** Nonces of one payment: all of the same terms. */
export type UsedNonces = Omit<NonceUse, 'nonce'> & { readonly nonces: readonly number[] }

interface NonceRow {
  readonly recipient_rand: string
  readonly expiration_block: bigint
  readonly sender: string
  readonly nonces: string
}

interface BalanceRow {
  readonly sender: string
  readonly session: string
  readonly amount: string
  readonly price: string
  readonly touched_at: bigint
}

/**
 * The payee's books on disk. The secret behind the terms lies in the same file as the nonces that were seen: whoever loses the
 * one loses the other, so that no ticket ever counts twice, and a restart forgets neither.
 */
export class PayeeLedger {
  readonly #db: TicketDatabase
  readonly #insertNonces: StatementSync
  readonly #upsertBalance: StatementSync

  constructor(db: TicketDatabase) {
    this.#db = db
    this.#insertNonces = db.prepare(
      'INSERT INTO nonces (recipient_rand, expiration_block, sender, nonces) VALUES (?, ?, ?, ?)',
    )
    this.#upsertBalance = db.prepare(
      `INSERT INTO balances (sender, session, amount, price, touched_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (sender, session) DO UPDATE SET amount = excluded.amount, touched_at = excluded.touched_at`,
    )
  }

  /** 32 random bytes, the same at each start. */
  secret(): Uint8Array {
    const db = this.#db
    return db.durably(() => {
      db.prepare('INSERT OR IGNORE INTO secret (id, bytes) VALUES (1, ?)').run(randomBytes(32))
      const row = db.prepare('SELECT bytes FROM secret').get()
      return row?.['bytes'] as Uint8Array // the column is BLOB NOT NULL, and the row was just put there
    })
  }

  /** The balances that were touched since; ms since 1970. The others are gone. */
  balances(since: number): readonly SessionBalance[] {
    this.forgetBalances(since)
    const rows = this.#db.prepare('SELECT * FROM balances').all() as unknown as readonly BalanceRow[]
    return rows.map(({ sender, session, amount, price, touched_at }) => ({
      sender: fromHex(sender),
      sessionId: session,
      amount: exact(amount),
      price: exact(price),
      touchedAt: Number(touched_at),
    }))
  }

  /** All nonces whose terms may still be good. */
  nonces(): readonly UsedNonces[] {
    const rows = this.#db.prepare('SELECT * FROM nonces').all() as unknown as readonly NonceRow[]
    return rows.map(({ recipient_rand, expiration_block, sender, nonces }) => ({
      recipientRand: fromBytesBE(fromHex(recipient_rand)),
      expirationBlock: expiration_block,
      sender: fromHex(sender),
      nonces: nonces.split(',').map(Number),
    }))
  }

  /** A payment was taken: on disk when it returns. */
  paid(nonces: UsedNonces, balance: SessionBalance): void {
    this.#db.durably(() => {
      this.#addNonces(nonces)
      this.#setBalance(balance)
    })
  }

  /** Work was charged. A power failure may give the latest of it back, the end of the process does not. */
  charged(balance: SessionBalance): void {
    this.#db.lightly(() => this.#setBalance(balance))
  }

  /** Forgets nonces of terms that ended at this L1 block or before. */
  forgetNonces(l1Block: bigint): void {
    this.#db.lightly(() => this.#db.prepare('DELETE FROM nonces WHERE expiration_block <= ?').run(l1Block))
  }

  /** Forgets balances that were not touched since; ms since 1970. */
  forgetBalances(since: number): void {
    this.#db.lightly(() => this.#db.prepare('DELETE FROM balances WHERE touched_at < ?').run(since))
  }

  #addNonces({ recipientRand, expirationBlock, sender, nonces }: UsedNonces): void {
    const rand = `0x${toHex(toUint256(recipientRand))}`
    this.#insertNonces.run(rand, expirationBlock, `0x${toHex(sender)}`, nonces.join(','))
  }

  #setBalance({ sender, sessionId, amount, price, touchedAt }: SessionBalance): void {
    this.#upsertBalance.run(`0x${toHex(sender)}`, sessionId, amount.toString(), price.toString(), touchedAt)
  }
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.slice(2), 'hex'))
}

/** What the store holds was written by `toString`. */
function exact(text: string): Rational {
  const value = Rational.parse(text)
  if (!value) throw new TypeError(`“${text}” is no amount`)
  return value
}
