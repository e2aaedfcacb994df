import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder for one test. Hold it by `using`: leaving the block removes it with all that is in it. */
export class TemporaryFolder implements Disposable {
  /** Absolute; `livepeer-<name>-<random>` in the system's folder for such. */
  readonly path: string

  constructor(name = 'test') {
    this.path = mkdtempSync(join(tmpdir(), `livepeer-${name}-`))
  }

  /** Harmless when done twice. A process that still writes there is given a moment. */
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 })
  }
}
