import { inspect } from 'node:util'
import type { Clock, HookKind, Logger } from '@livepeer-node/sdk'
import { isLivepeerError, LivepeerError, toLivepeerError } from '@livepeer-node/sdk'
import { handlerTimeout, invalidAnswer, stopped } from './errors.ts'
import type { AnySpec, GuardedHandler, RunContext } from './hook-point.ts'
import { isThenable, withLimits } from './limits.ts'

/** One call of one handler, as it ended. */
export interface Trace {
  readonly hook: string
  /** The plugin's full name. */
  readonly plugin: string
  readonly ms: number
  readonly error?: LivepeerError
}

/** What all guards of a node share. */
export interface Watch {
  readonly clock: Clock
  readonly log: Logger
  /** Aborts when the node stops. */
  readonly stop: AbortSignal
  onTrace?: ((trace: Trace) => void) | undefined
}

/** The handler to guard, and whose it is. */
export interface Guarded {
  readonly plugin: string
  readonly spec: AnySpec
  readonly handler: (...args: unknown[]) => unknown
}

const ISOLATED: ReadonlySet<HookKind> = new Set(['collect', 'notify', 'observe'])

/** True where one handler's failure must not reach the caller or the other handlers. */
const isIsolated = (kind: HookKind): boolean => ISOLATED.has(kind)

/** True where the caller gets its answer at once. */
export const isSync = (kind: HookKind): boolean => kind === 'claim' || kind === 'observe'

/**
 * Stands between tapable and a plugin's handler: measures it, bounds it, refuses answers that would be misread, and
 * puts plugin and hook on every error. Failures of isolated verbs end here, in one log line.
 */
export function guard(guarded: Guarded, watch: Watch): GuardedHandler {
  return isSync(guarded.spec.kind) ? guardSync(guarded, watch) : guardAsync(guarded, watch)
}

function guardSync(guarded: Guarded, watch: Watch): GuardedHandler {
  return (args, context) => {
    const startedAt = watch.clock.monotonic()
    try {
      const answer = guarded.handler(...args)
      // TypeScript lets an async function pass as one that returns nothing; its rejection must not kill the process.
      if (guarded.spec.kind === 'observe') {
        if (isThenable(answer)) answer.then(undefined, (error: unknown) => isolate(guarded, watch, context, error))
      } else checkAnswer(guarded.spec.kind, answer)
      trace(guarded, watch, startedAt)
      return answer
    } catch (thrown) {
      return fail({ guarded, watch, context, startedAt, thrown })
    }
  }
}

function guardAsync(guarded: Guarded, watch: Watch): GuardedHandler {
  return async (args, context) => {
    const startedAt = watch.clock.monotonic()
    try {
      const work = guarded.handler(...args)
      // An answer that is already there needs no timer.
      const answer = isThenable(work) ? await bounded(work, { guarded, watch, context }) : work
      checkAnswer(guarded.spec.kind, answer)
      trace(guarded, watch, startedAt)
      return answer
    } catch (thrown) {
      return fail({ guarded, watch, context, startedAt, thrown })
    }
  }
}

interface Call {
  readonly guarded: Guarded
  readonly watch: Watch
  readonly context: RunContext
}

function bounded(work: PromiseLike<unknown>, { guarded, watch, context }: Call): Promise<unknown> {
  const { deadlineMs } = guarded.spec
  return withLimits(work, {
    clock: watch.clock,
    // A run with an end of its own may take until then.
    ...(!context.until && { deadline: { ms: deadlineMs, error: () => handlerTimeout(deadlineMs) } }),
    aborts: [
      { signal: watch.stop, error: () => stopped() },
      ...(context.until ? [{ signal: context.until, error: () => handlerTimeout(undefined) }] : []),
    ],
    onLateFailure: (error) => report('A handler failed after the wait for it had ended', guarded, watch, error),
  })
}

function checkAnswer(kind: HookKind, answer: unknown): void {
  if (kind === 'notify') return
  // Only undefined passes; tapable would take null for an answer.
  if (answer === null) throw invalidAnswer('null', null)
  if (kind === 'claim' && isThenable(answer))
    throw invalidAnswer('a promise from a hook that answers at once', 'promise')
  if (kind === 'collect' && answer !== undefined && !Array.isArray(answer)) {
    throw invalidAnswer('one value where a list is wanted', typeof answer)
  }
}

function fail(call: Call & { startedAt: number; thrown: unknown }): undefined {
  const { guarded, watch, context, startedAt, thrown } = call
  const error = attributed(guarded, thrown)
  trace(guarded, watch, startedAt, error)
  if (!isIsolated(guarded.spec.kind)) throw error
  isolate(guarded, watch, context, error)
}

function isolate(guarded: Guarded, watch: Watch, context: RunContext, thrown: unknown): void {
  context.failures?.push(attributed(guarded, thrown))
  report('A handler failed; the others went on', guarded, watch, thrown)
}

function report(message: string, guarded: Guarded, watch: Watch, thrown: unknown): void {
  const error = attributed(guarded, thrown)
  const level = error.code === 'LP_STOPPED' ? 'debug' : 'error'
  watch.log[level](message, { hook: guarded.spec.name, plugin: guarded.plugin, error })
}

/** Whatever was thrown, a bare `undefined` included, as an error that says where. */
function attributed({ plugin, spec }: Guarded, thrown: unknown): LivepeerError {
  return asError(thrown).within({ plugin, hook: spec.name })
}

/** Any thrown value as a `LivepeerError` with a message to read. */
export function asError(thrown: unknown): LivepeerError {
  if (isLivepeerError(thrown) || thrown instanceof Error) return toLivepeerError(thrown)
  return new LivepeerError({
    code: 'LP_UNEXPECTED',
    kind: 'bug',
    message: `${inspect(thrown, { depth: 1 })} was thrown instead of an error.`,
    cause: thrown,
  })
}

/** A tracer that throws may not break the node. */
function trace({ plugin, spec }: Guarded, watch: Watch, startedAt: number, error?: LivepeerError): void {
  try {
    watch.onTrace?.({
      hook: spec.name,
      plugin,
      ms: watch.clock.monotonic() - startedAt,
      ...(error && { error }),
    })
  } catch (thrown) {
    watch.log.error('The tracer failed', { hook: spec.name, error: asError(thrown) })
  }
}
