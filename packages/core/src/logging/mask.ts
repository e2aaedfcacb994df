import { isLivepeerError, type LogFields, type Logger } from '@livepeer-node/sdk'

/** What is shown in place of a secret. */
export const MASK = '***'

/** Shorter texts are hidden only where they are a whole value: inside other words they would hide half the log. */
const SHORTEST_INSIDE_TEXT = 4

/** The secrets that have been resolved so far, and how to hide them. */
export class SecretMask {
  /** Longest first, so that one which begins with another is hidden whole. */
  #secrets: readonly string[] = []

  add(secret: string): void {
    if (secret === '' || this.#secrets.includes(secret)) return
    this.#secrets = [...this.#secrets, secret].toSorted((a, b) => b.length - a.length)
  }

  /** The text without any known secret. */
  text(text: string): string {
    if (this.#secrets.includes(text)) return MASK
    let masked = text
    for (const secret of this.#secrets) {
      if (secret.length >= SHORTEST_INSIDE_TEXT) masked = masked.replaceAll(secret, MASK)
    }
    return masked
  }

  /** The value without any known secret in its strings, however deep. Errors become plain data. */
  value(value: unknown): unknown {
    return this.#secrets.length === 0 ? value : this.#masked(value, new WeakSet())
  }

  #masked(value: unknown, seen: WeakSet<object>): unknown {
    if (typeof value === 'string') return this.text(value)
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
    if (seen.has(value)) return '[circular]'
    seen.add(value)
    if (Array.isArray(value)) return value.map((item) => this.#masked(item, seen))
    const plain = value instanceof Error ? errorFields(value) : value
    if (!isPlain(plain)) return value
    return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, this.#masked(item, seen)]))
  }
}

/** The same log, in which nothing that `mask` knows can be read. */
export function maskedLogger(log: Logger, mask: SecretMask): Logger {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields?: LogFields) =>
    fields ? log[level](mask.text(message), mask.value(fields) as LogFields) : log[level](mask.text(message))
  return Object.freeze({
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields: LogFields) => maskedLogger(log.child(mask.value(fields) as LogFields), mask),
  })
}

/** An error as data for a log line: our own without a stack, foreign ones with theirs, causes all the way down. */
export function errorFields(error: Error): Record<string, unknown> {
  const cause = error.cause instanceof Error ? { cause: errorFields(error.cause) } : {}
  if (isLivepeerError(error)) {
    const bug = error.kind === 'bug' ? { stack: error.stack } : {}
    return { ...error.toJSON(), ...bug, ...cause }
  }
  const errors =
    error instanceof AggregateError
      ? { errors: error.errors.map((one) => (one instanceof Error ? errorFields(one) : (one as unknown))) }
      : {}
  const { code } = error as NodeJS.ErrnoException
  return { name: error.name, message: error.message, ...(code && { code }), stack: error.stack, ...errors, ...cause }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
