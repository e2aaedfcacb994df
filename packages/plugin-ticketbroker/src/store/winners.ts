import type { StatementSync } from 'node:sqlite'
import { toHex, type WinningTicket } from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import type { Settlement, StoredWinner, WinnerStore } from '../redemption/tickets.ts'
import type { TicketDatabase } from './database.ts'
import { readWinner, winnerKey, writeWinner } from './winner-record.ts'

/** A winner and what became of it; for people. */
export interface WinnerRecord extends StoredWinner {
  /** ms since 1970. */
  readonly addedAt: number
  readonly settlement?: Settlement
}

interface Row {
  readonly key: string
  readonly ticket: Uint8Array
  readonly added_block: bigint
  readonly added_at: bigint
  readonly redeemed_block: bigint | null
  readonly redeemed_by: string | null
  readonly redeemed_amount: string | null
  readonly lost: string | null
}

/** Winning tickets on disk: each once, from the moment it came until long after it was paid. */
export class WinnerTable implements WinnerStore {
  readonly #db: TicketDatabase
  readonly #clock: Clock
  readonly #insert: StatementSync
  readonly #settle: StatementSync
  readonly #reopen: StatementSync
  readonly #unsettled: StatementSync
  readonly #redeemedSince: StatementSync
  readonly #latest: StatementSync

  constructor(db: TicketDatabase, clock: Clock) {
    this.#db = db
    this.#clock = clock
    this.#insert = db.prepare(
      `INSERT INTO winners (key, ticket, sender, face_value, creation_round, added_block, added_at)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`,
    )
    this.#settle = db.prepare(
      'UPDATE winners SET redeemed_block = ?, redeemed_by = ?, redeemed_amount = ?, lost = ? WHERE key = ?',
    )
    this.#reopen = db.prepare(
      'UPDATE winners SET redeemed_block = NULL, redeemed_by = NULL, redeemed_amount = NULL, lost = NULL WHERE key = ?',
    )
    this.#unsettled = db.prepare('SELECT * FROM winners WHERE redeemed_block IS NULL AND lost IS NULL ORDER BY id')
    this.#redeemedSince = db.prepare('SELECT * FROM winners WHERE redeemed_block >= ? ORDER BY id')
    this.#latest = db.prepare('SELECT * FROM winners ORDER BY id DESC LIMIT ?')
  }

  /** @param block of the chain, now: nobody has redeemed it before. `known`: it is there already, whatever became of it */
  add(winner: WinningTicket, block: bigint): 'added' | 'known' {
    return this.#db.durably(() => this.insert(winner, block))
  }

  /** As `add`, within a transaction that is open. */
  insert(winner: WinningTicket, block: bigint): 'added' | 'known' {
    const { sender, faceValue, round } = winner.ticket
    const { changes } = this.#insert.run(
      winnerKey(winner),
      writeWinner(winner),
      `0x${toHex(sender)}`,
      faceValue.toString(),
      round.creationRound,
      block,
      this.#clock.now(),
    )
    return changes > 0 ? 'added' : 'known'
  }

  unsettled(): readonly StoredWinner[] {
    return rows(this.#unsettled.all()).map(toWinner)
  }

  redeemedSince(block: bigint): readonly StoredWinner[] {
    return rows(this.#redeemedSince.all(block)).map(toWinner)
  }

  settle(key: string, settlement: Settlement): void {
    this.#db.durably(() => {
      if ('lost' in settlement) this.#settle.run(null, null, null, settlement.lost, key)
      else {
        const { block, transaction, amount } = settlement.redeemed
        this.#settle.run(block, transaction, amount.toString(), null, key)
      }
    })
  }

  reopen(key: string): void {
    this.#db.durably(() => this.#reopen.run(key))
  }

  /** Latest first. */
  list(limit: number): readonly WinnerRecord[] {
    return rows(this.#latest.all(limit)).map(toRecord)
  }
}

/** The statements select whole rows of a strict table. */
function rows(selected: ReturnType<StatementSync['all']>): readonly Row[] {
  return selected as unknown as readonly Row[]
}

function toWinner({ key, ticket, added_block }: Row): StoredWinner {
  return { key, ticket: readWinner(ticket), addedBlock: added_block }
}

function toRecord(row: Row): WinnerRecord {
  const settlement = settlementOf(row)
  return { ...toWinner(row), addedAt: Number(row.added_at), ...(settlement && { settlement }) }
}

function settlementOf({ redeemed_block, redeemed_by, redeemed_amount, lost }: Row): Settlement | undefined {
  if (lost !== null) return { lost }
  if (redeemed_block === null) return undefined
  const amount = BigInt(redeemed_amount ?? 0)
  return { redeemed: { transaction: redeemed_by ?? '', block: redeemed_block, amount } }
}
