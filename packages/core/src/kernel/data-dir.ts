import { accessSync, constants, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { dataDirNotWritable } from './errors.ts'

/** The node's folder: made when a plugin first asks for it, so that a node which stores nothing leaves nothing. */
export class DataDir {
  readonly #path: string
  #made = false

  constructor(path: string) {
    this.#path = resolve(path)
  }

  /** Its absolute path. Throws `LP_DATADIR_NOT_WRITABLE`. */
  open(): string {
    if (!this.#made) {
      try {
        mkdirSync(this.#path, { recursive: true, mode: 0o700 })
        accessSync(this.#path, constants.W_OK | constants.X_OK)
      } catch (error) {
        throw dataDirNotWritable(this.#path, error)
      }
      this.#made = true
    }
    return this.#path
  }
}
