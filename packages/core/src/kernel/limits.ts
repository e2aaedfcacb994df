import type { Clock } from '@livepeer-node/sdk'

/** How long work may take, and what ends the wait for it early. Each bound comes with the error that it causes. */
export interface Limits {
  readonly clock: Clock
  readonly deadline?: { readonly ms: number; readonly error: () => Error }
  readonly aborts: readonly { readonly signal: AbortSignal; readonly error: () => Error }[]
  /** Told about a failure of the work that came after the wait for it had ended. */
  onLateFailure(error: unknown): void
}

/** The outcome of `work`, or the error of the first bound that it meets. The work itself is not stopped by this. */
export function withLimits<T>(work: PromiseLike<T>, limits: Limits): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const undo: (() => void)[] = []
  let over = false
  const end = (settle: () => void) => {
    if (over) return
    over = true
    for (const action of undo) action()
    settle()
  }
  const { deadline, clock } = limits
  if (deadline) undo.push(clock.after(deadline.ms, () => end(() => reject(deadline.error()))))
  for (const { signal, error } of limits.aborts) {
    const abort = () => end(() => reject(error()))
    signal.addEventListener('abort', abort, { once: true })
    undo.push(() => signal.removeEventListener('abort', abort))
  }
  // A signal that aborted before we listened tells nobody.
  const aborted = limits.aborts.find(({ signal }) => signal.aborted)
  if (aborted) end(() => reject(aborted.error()))
  work.then(
    (value) => end(() => resolve(value)),
    (error: unknown) => (over ? limits.onLateFailure(error) : end(() => reject(error))),
  )
  return promise
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
