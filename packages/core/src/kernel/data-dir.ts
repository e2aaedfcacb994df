import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
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
        make(this.#path)
        accessSync(join(this.#path, '/'), constants.W_OK | constants.X_OK)
      } catch (error) {
        throw dataDirNotWritable(this.#path, error)
      }
      this.#made = true
    }
    return this.#path
  }
}

/** Step by step: Node's own way (`recursive`) never ends where the system says that an existing parent is none, as /proc does. */
function make(path: string): void {
  if (existsSync(path)) return
  make(dirname(path))
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const hasComeMeanwhile = (error as NodeJS.ErrnoException).code === 'EEXIST'
    if (!hasComeMeanwhile) throw error
  }
}
