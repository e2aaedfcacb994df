import type { Problem } from './domain/node.ts'

/** What kind of failure this is; the process exit code and the log level follow from it. */
export type ErrorKind =
  | 'config' // a wrong or missing setting: the operator can fix it
  | 'environment' // a port, a folder, a driver, a card
  | 'peer' // another node said no, or said nothing
  | 'input' // what a publisher or a peer sent us
  | 'limit' // we are full, or it is too large
  | 'bug' // ours

export interface LivepeerErrorInit {
  /** Stable, upper-case, starts with `LP_`; documented in docs/errors.md. */
  readonly code: string
  readonly kind: ErrorKind
  /** One sentence: what happened. Without the remedy. */
  readonly message: string
  /** What to do about it, as an instruction. */
  readonly remedy?: string
  /** The value that was seen. Never a secret. */
  readonly observed?: unknown
  /** The value that would have been right, or the bound that was passed. */
  readonly limit?: unknown
  /** The plugin in whose code it happened; the kernel fills it in. */
  readonly plugin?: string
  /** The hook in whose run it happened; the kernel fills it in. */
  readonly hook?: string
  /** The exact text that a go-livepeer peer matches (wire.md §7.5), where there is one. */
  readonly wireText?: string
  readonly cause?: unknown
}

const BRAND = Symbol.for('livepeer-node.error')

/**
 * The one error class of the node. Recognise it by `isLivepeerError` and `code`, never by `instanceof`
 * (two copies of this package may be loaded) and never by its text.
 */
export class LivepeerError extends Error {
  override readonly name = 'LivepeerError'
  readonly [BRAND] = true
  readonly code: string
  readonly kind: ErrorKind
  readonly remedy: string | undefined
  readonly observed: unknown
  readonly limit: unknown
  readonly plugin: string | undefined
  readonly hook: string | undefined
  readonly wireText: string | undefined

  constructor(init: LivepeerErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.code = init.code
    this.kind = init.kind
    this.remedy = init.remedy
    this.observed = init.observed
    this.limit = init.limit
    this.plugin = init.plugin
    this.hook = init.hook
    this.wireText = init.wireText
  }

  /** The same error with `plugin` and `hook` filled in where they were not; the cause is kept. */
  within(place: { plugin?: string; hook?: string }): LivepeerError {
    const plugin = this.plugin ?? place.plugin
    const hook = this.hook ?? place.hook
    if (plugin === this.plugin && hook === this.hook) return this
    const placed = new LivepeerError({ ...this.#init(), ...(plugin && { plugin }), ...(hook && { hook }) })
    if (this.stack) placed.stack = this.stack
    return placed
  }

  /** Plain data for logs and `--json` output. */
  toJSON(): Record<string, unknown> {
    const { cause, ...data } = this.#init()
    return { ...data, ...(cause instanceof Error && { cause: cause.message }) }
  }

  #init(): LivepeerErrorInit {
    return {
      code: this.code,
      kind: this.kind,
      message: this.message,
      ...(this.remedy !== undefined && { remedy: this.remedy }),
      ...(this.observed !== undefined && { observed: this.observed }),
      ...(this.limit !== undefined && { limit: this.limit }),
      ...(this.plugin !== undefined && { plugin: this.plugin }),
      ...(this.hook !== undefined && { hook: this.hook }),
      ...(this.wireText !== undefined && { wireText: this.wireText }),
      ...(this.cause !== undefined && { cause: this.cause }),
    }
  }
}

/** True for a `LivepeerError` of any copy of this package. */
export function isLivepeerError(error: unknown): error is LivepeerError {
  return typeof error === 'object' && error !== null && (error as { [BRAND]?: unknown })[BRAND] === true
}

/** Any thrown value as a `LivepeerError`; what was not one becomes `LP_UNEXPECTED`, kind `bug`, with the value as cause. */
export function toLivepeerError(thrown: unknown): LivepeerError {
  if (isLivepeerError(thrown)) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new LivepeerError({
    code: 'LP_UNEXPECTED',
    kind: 'bug',
    message: message || 'An error without a message.',
    cause: thrown,
  })
}

/** A failure as an answer to `lifecycle.preflight`. */
export function toProblem(thrown: unknown): Problem {
  const { code, message, remedy = '' } = toLivepeerError(thrown)
  return { code, message, remedy }
}
