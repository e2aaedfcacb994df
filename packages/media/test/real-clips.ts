import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../../../shared/media/', import.meta.url))

/** Real clips lie beside the checkout, or nowhere: tests of them are skipped then. */
export const clipsMissing = !existsSync(folder)
if (clipsMissing) process.stderr.write(`Tests of real clips are skipped: ${folder} is not there.\n`)

export function realClip(name: string): Buffer {
  return readFileSync(folder + name)
}
