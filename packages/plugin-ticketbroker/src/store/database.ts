import { closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isLivepeerError } from '@livepeer-node/sdk'
import { storeFailed, storeInUse, storeTooNew } from '../errors.ts'
import { MIGRATIONS } from './migrations.ts'

/** How long to wait for whoever reads the store from outside, ms. */
const BUSY_MS = 5000

/**
 * The one file in which the ticket broker keeps what must survive it. One process writes; others may read. All calls are
 * synchronous: a transaction that has returned is on disk.
 */
export class TicketDatabase {
  readonly #path: string
  readonly #db: DatabaseSync
  /** Held open for its lock, which the operating system takes back when this process ends, however it ends. */
  readonly #lock: DatabaseSync

  private constructor(path: string, db: DatabaseSync, lock: DatabaseSync) {
    this.#path = path
    this.#db = db
    this.#lock = lock
  }

  /**
   * Opens the file, or makes it: readable by its owner alone, because the secret behind the tickets is in it.
   * @throws `LP_TICKET_STORE_IN_USE`, `LP_TICKET_STORE_VERSION`, `LP_TICKET_STORE`
   */
  static open(path: string): TicketDatabase {
    const lock = lockBeside(path)
    try {
      const db = openFile(path)
      try {
        migrate(db, path)
      } catch (error) {
        db.close()
        throw error
      }
      return new TicketDatabase(path, db, lock)
    } catch (error) {
      lock.close()
      throw isLivepeerError(error) ? error : storeFailed(path, error)
    }
  }

  prepare(sql: string): StatementSync {
    const statement = this.#db.prepare(sql)
    statement.setReadBigInts(true)
    return statement
  }

  /** All of it or nothing; on disk when it returns, even should the power fail. @throws `LP_TICKET_STORE` */
  durably<T>(work: () => T): T {
    return this.#transaction(work)
  }

  /** All of it or nothing; survives the end of this process, but the latest of these may be lost with the power. */
  lightly<T>(work: () => T): T {
    this.#db.exec('PRAGMA synchronous = NORMAL')
    try {
      return this.#transaction(work)
    } finally {
      this.#db.exec('PRAGMA synchronous = FULL')
    }
  }

  close(): void {
    this.#db.close()
    this.#lock.close()
  }

  #transaction<T>(work: () => T): T {
    try {
      return transaction(this.#db, work)
    } catch (error) {
      throw isLivepeerError(error) ? error : storeFailed(this.#path, error)
    }
  }
}

function openFile(path: string): DatabaseSync {
  makePrivate(path)
  const db = new DatabaseSync(path, { timeout: BUSY_MS })
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  return db
}

/** A second process with the same balances and nonces would spend and accept them twice. */
function lockBeside(path: string): DatabaseSync {
  const lockPath = `${path}-lock`
  try {
    makePrivate(lockPath)
    const lock = new DatabaseSync(lockPath)
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    } catch (cause) {
      lock.close()
      throw storeInUse(path, cause)
    }
    return lock
  } catch (error) {
    throw isLivepeerError(error) ? error : storeFailed(path, error)
  }
}

function makePrivate(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
}

function migrate(db: DatabaseSync, path: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  if (version > MIGRATIONS.length) throw storeTooNew(path, version, MIGRATIONS.length)
  if (version === MIGRATIONS.length) return
  transaction(db, () => {
    for (const sql of MIGRATIONS.slice(version)) db.exec(sql)
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
  })
}

function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // The failure that counts is the first; some of them have ended the transaction already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
