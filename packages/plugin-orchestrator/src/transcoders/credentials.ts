import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Clock, Logger } from '@livepeer-node/sdk'
import { tokenNameBad, tokenNameTaken, tokenUnknown } from './credential-errors.ts'
import { type StoredToken, TokenFile } from './token-file.ts'

/** What a transcoder showed. */
export interface Credential {
  /** The name of its token; `undefined`: it knows the shared secret. */
  readonly token: string | undefined
}

/** A token as an operator sees it: never the token itself, of which only a hash is kept. */
export interface TokenView {
  readonly name: string
  /** ms since 1970. */
  readonly createdAt: number
  /** ms since 1970; absent: nobody has used it since this process started. */
  readonly lastSeenAt?: number
}

export interface CredentialsInit {
  /** Folder of the list of tokens. */
  readonly dataDir: string
  /** The secret that all transcoders of go-livepeer share; absent: tokens only. */
  readonly sharedSecret: string | undefined
  readonly clock: Clock
  readonly log: Logger
}

const TOKEN_BYTES = 32
const TOKEN_PREFIX = 'lpt_'
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i

interface Known {
  readonly token: string | undefined
  readonly digest: Buffer
}

/** Who may work for this orchestrator: those who know the shared secret, and those who have a token of their own. */
export class Credentials {
  readonly #init: CredentialsInit
  readonly #file: TokenFile
  readonly #lastSeen = new Map<string, number>()
  #tokens: readonly StoredToken[]
  #known: readonly Known[] = []
  #onRevoked: (token: string) => void = () => undefined

  private constructor(init: CredentialsInit, file: TokenFile, tokens: readonly StoredToken[]) {
    this.#init = init
    this.#file = file
    this.#tokens = tokens
    this.#use(tokens)
  }

  /** Reads the tokens of earlier runs. Throws `LP_TOKENS_UNREADABLE`. */
  static async open(init: CredentialsInit): Promise<Credentials> {
    const file = new TokenFile(init.dataDir)
    return new Credentials(init, file, await file.read())
  }

  /** Nobody could attach: there is neither a secret nor a token. */
  get isEmpty(): boolean {
    return this.#known.length === 0
  }

  /** `undefined`: nobody's. Takes the same time whichever it is, and however much of it is right. */
  identify(offered: string): Credential | undefined {
    const digest = sha256(offered)
    let found: Known | undefined
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found = known
    if (!found) return undefined
    if (found.token !== undefined) this.#lastSeen.set(found.token, this.#init.clock.now())
    return { token: found.token }
  }

  /** Oldest first. */
  list(): readonly TokenView[] {
    return this.#tokens.map(({ name, createdAt }) => {
      const lastSeenAt = this.#lastSeen.get(name)
      return { name, createdAt, ...(lastSeenAt !== undefined && { lastSeenAt }) }
    })
  }

  /** The new token, which can be told this once only. Throws `LP_TOKEN_NAME`, `LP_TOKEN_TAKEN` or `LP_TOKENS_UNWRITABLE`. */
  async add(name: string): Promise<string> {
    if (!NAME.test(name)) throw tokenNameBad(name)
    const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`
    const sha256Hex = sha256(token).toString('hex')
    await this.#file.change((tokens) => {
      if (tokens.some((other) => other.name === name)) throw tokenNameTaken(name)
      return [...tokens, { name, createdAt: this.#init.clock.now(), sha256: sha256Hex }]
    }, this.#use)
    this.#init.log.info('transcoder token added', { token: name })
    return token
  }

  /** From now on it opens nothing. Throws `LP_TOKEN_UNKNOWN` or `LP_TOKENS_UNWRITABLE`. */
  async revoke(name: string): Promise<void> {
    await this.#file.change((tokens) => {
      if (!tokens.some((other) => other.name === name)) throw tokenUnknown(name)
      return tokens.filter((other) => other.name !== name)
    }, this.#use)
  }

  /** Called with the name of each token that is revoked. */
  onRevoked(tell: (token: string) => void): void {
    this.#onRevoked = tell
  }

  readonly #use = (tokens: readonly StoredToken[]): void => {
    const { sharedSecret } = this.#init
    const gone = this.#tokens.filter((one) => !tokens.some((other) => other.sha256 === one.sha256))
    const shared = sharedSecret === undefined ? [] : [{ token: undefined, digest: sha256(sharedSecret) }]
    this.#tokens = tokens
    this.#known = [...shared, ...tokens.map((one) => ({ token: one.name, digest: Buffer.from(one.sha256, 'hex') }))]
    for (const { name } of gone) this.#tellRevoked(name)
  }

  #tellRevoked(name: string): void {
    this.#lastSeen.delete(name)
    this.#init.log.info('transcoder token revoked', { token: name })
    this.#onRevoked(name)
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
