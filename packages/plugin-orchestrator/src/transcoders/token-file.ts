import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '@livepeer-node/sdk'
import { z } from 'zod'
import { tokensUnreadable, tokensUnwritable } from './credential-errors.ts'

const stored = z.object({ name: z.string(), createdAt: z.number(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
const content = z.object({ tokens: z.array(stored) })

/** A token on disk: its hash, never itself. */
export type StoredToken = z.output<typeof stored>

type Tokens = readonly StoredToken[]
type Change = (tokens: Tokens) => Tokens

/** The list of tokens in the data folder. A change is there whole or not at all. */
export class TokenFile {
  readonly #path: string
  #tokens: Tokens = []
  /** One change at a time. */
  #tail: Promise<unknown> = Promise.resolve()

  constructor(folder: string) {
    this.#path = join(folder, 'transcoder-tokens.json')
  }

  /** Throws `LP_TOKENS_UNREADABLE`. No file: what was known before, as a folder may be away for a while; at first nothing. */
  async read(): Promise<Tokens> {
    const text = await readFile(this.#path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined
      throw tokensUnreadable(this.#path, cause.message, cause)
    })
    if (text !== undefined) this.#tokens = this.#parse(text)
    return this.#tokens
  }

  /**
   * Saves what `next` makes of the list. Tells `use` the list that it found, as another orchestrator with this data folder
   * may have changed it, and the new one. Throws `LP_TOKENS_UNREADABLE`, `LP_TOKENS_UNWRITABLE`, or what `next` throws.
   */
  change(next: Change, use: (tokens: Tokens) => void): Promise<void> {
    const turn = this.#changeAfter(this.#tail, next, use)
    this.#tail = turn.catch(() => undefined)
    return turn
  }

  async #changeAfter(before: Promise<unknown>, next: Change, use: (tokens: Tokens) => void): Promise<void> {
    await before
    const found = await this.read()
    use(found)
    const tokens = next(found)
    await this.#write(tokens)
    this.#tokens = tokens
    use(tokens)
  }

  #parse(text: string): Tokens {
    try {
      return content.parse(JSON.parse(text)).tokens
    } catch (cause) {
      throw tokensUnreadable(this.#path, 'it is not what this program wrote', cause)
    }
  }

  async #write(tokens: Tokens): Promise<void> {
    try {
      await replaceFile(this.#path, `${JSON.stringify({ tokens }, undefined, 2)}\n`)
    } catch (cause) {
      throw tokensUnwritable(this.#path, cause)
    }
  }
}
