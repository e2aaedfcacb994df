import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newTokenSecret, toHex } from '@livepeer-node/protocol'
import { replaceFile } from '@livepeer-node/sdk'

const FILE = 'session-secret'
const BYTES = 32

/**
 * The secret behind the tokens of sessions, the same at each start of this data folder: whoever has paid for a session goes on
 * in it after a restart.
 */
export async function keptTokenSecret(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, FILE)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const kept = new Uint8Array(Buffer.from(text, 'hex'))
  if (kept.length === BYTES) return kept
  const secret = newTokenSecret()
  await replaceFile(path, toHex(secret))
  return secret
}
