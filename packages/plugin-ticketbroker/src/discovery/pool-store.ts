import { DatabaseSync } from 'node:sqlite'
import type { PooledOrchestrator } from './pool-reader.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orchestrators (
    controller TEXT NOT NULL,
    address TEXT NOT NULL,
    uri TEXT NOT NULL,
    stake TEXT NOT NULL,
    read_at INTEGER NOT NULL,
    PRIMARY KEY (controller, address)
  ) STRICT, WITHOUT ROWID;
`

export interface StoredPool {
  readonly orchestrators: readonly PooledOrchestrator[]
  /** ms since 1970; 0: never. */
  readonly readAt: number
}

/**
 * The pool as it was read last, on disk: a broadcaster that starts while the chain cannot be reached knows whom to ask. It is a copy
 * of public data: when the file is lost nothing is.
 */
export class PoolStore {
  readonly #db: DatabaseSync
  readonly #controller: string

  /** @param path `:memory:` for nothing on disk. @param controller the chain's protocol: pools of others stay apart */
  constructor(path: string, controller: string) {
    this.#controller = controller.toLowerCase()
    this.#db = new DatabaseSync(path, { timeout: 5000 })
    this.#db.exec(`PRAGMA journal_mode = WAL; ${SCHEMA}`)
  }

  load(): StoredPool {
    const rows = this.#db
      .prepare('SELECT address, uri, stake, read_at FROM orchestrators WHERE controller = ?')
      .all(this.#controller)
    const orchestrators = rows.map(({ address, uri, stake }) => {
      return { address: String(address), uri: String(uri), stake: BigInt(String(stake)) }
    })
    return { orchestrators, readAt: Math.max(0, ...rows.map((row) => Number(row['read_at']))) }
  }

  /** In place of all that was known. */
  replace({ orchestrators, readAt }: StoredPool): void {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      this.#db.prepare('DELETE FROM orchestrators WHERE controller = ?').run(this.#controller)
      const insert = this.#db.prepare(
        'INSERT INTO orchestrators (controller, address, uri, stake, read_at) VALUES (?, ?, ?, ?, ?)',
      )
      for (const { address, uri, stake } of orchestrators) {
        insert.run(this.#controller, address, uri, stake.toString(), readAt)
      }
      this.#db.exec('COMMIT')
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  close(): void {
    this.#db.close()
  }
}
