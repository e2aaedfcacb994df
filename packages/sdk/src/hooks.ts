/**
 * The six verbs. Each fixes who may answer, what an answer means and what a throw does:
 *
 * | verb        | a handler returns                    | the caller gets           | a handler throws           |
 * | ----------- | ------------------------------------ | ------------------------- | -------------------------- |
 * | `claim`     | something, or `undefined` to pass    | the first answer (sync)   | the run fails              |
 * | `decide`    | a verdict, or `undefined` to pass    | the first verdict         | the run fails              |
 * | `transform` | the next value                       | the last value            | the run fails              |
 * | `collect`   | a list                               | all lists, handler order  | isolated: logged, counted  |
 * | `notify`    | nothing                              | a settled promise         | isolated                   |
 * | `observe`   | nothing                              | nothing (sync)            | isolated                   |
 *
 * Handlers of `collect` run at the same time; those of `notify` too, but one stage after the other.
 *
 * Hooks choose, interfaces work: a hook answers with a backend, a sink, a publisher; video bytes never pass a hook.
 */
export type HookKind = 'claim' | 'decide' | 'transform' | 'collect' | 'notify' | 'observe'

export type Args = readonly unknown[]
type Awaitable<T> = T | Promise<T>

/** The function that a plugin gives to a hook. */
export type Handler<K extends HookKind, A extends Args, R> = K extends 'claim'
  ? (...args: A) => R | undefined
  : K extends 'decide'
    ? (...args: A) => Awaitable<R | undefined>
    : K extends 'transform'
      ? (...args: A) => Awaitable<A[0]>
      : K extends 'collect'
        ? (...args: A) => Awaitable<readonly R[]>
        : K extends 'notify'
          ? (...args: A) => Awaitable<void>
          : (...args: A) => void

/** What the caller of a hook gets back. */
export type Answer<K extends HookKind, A extends Args, R> = K extends 'claim'
  ? R | undefined
  : K extends 'decide'
    ? Promise<R | undefined>
    : K extends 'transform'
      ? Promise<A[0]>
      : K extends 'collect'
        ? Promise<readonly R[]>
        : K extends 'notify'
          ? Promise<void>
          : void

/** Where in a hook's order a handler stands: before the others, among them, or only when they all passed. */
export type Stage = 'first' | 'normal' | 'fallback'

/** Describes one hook. Plain data: the kernel makes the working hook from it. */
export interface HookSpec<K extends HookKind, A extends Args, R> {
  /** `family.name`, as `livepeer plugins --hooks` prints it. */
  readonly name: string
  readonly kind: K
  /** One name per argument. */
  readonly args: readonly string[]
  /** How long one handler of an asynchronous hook may take, ms; past it the handler failed with `LP_HANDLER_TIMEOUT`. */
  readonly deadlineMs: number
  /** What it means when nobody answers; printed by `livepeer plugins --hooks`. */
  readonly unanswered: string
  /** Carries the types; never set. */
  readonly types?: { readonly args: A; readonly answer: R }
}

export type HookFamilies = Readonly<Record<string, Readonly<Record<string, HookSpec<HookKind, never, unknown>>>>>

type Names<A extends Args> = { readonly [I in keyof A]: string }

/** The parts of a hook's description that are not its verb. */
export interface HookInit<A extends Args> {
  readonly name: string
  readonly args: Names<A>
  readonly unanswered: string
  /** Default 5000; ignored by the synchronous verbs. */
  readonly deadlineMs?: number
}

function spec<K extends HookKind, A extends Args, R>(kind: K, init: HookInit<A>): HookSpec<K, A, R> {
  const { name, args, unanswered, deadlineMs = 5000 } = init
  return Object.freeze({ name, kind, args: Object.freeze([...args]), deadlineMs, unanswered })
}

export function claim<A extends Args, R>(init: HookInit<A>): HookSpec<'claim', A, R> {
  return spec('claim', init)
}
export function decide<A extends Args, R>(init: HookInit<A>): HookSpec<'decide', A, R> {
  return spec('decide', init)
}
export function transform<A extends readonly [unknown, ...unknown[]]>(
  init: HookInit<A>,
): HookSpec<'transform', A, A[0]> {
  return spec('transform', init)
}
export function collect<A extends Args, R>(init: HookInit<A>): HookSpec<'collect', A, R> {
  return spec('collect', init)
}
export function notify<A extends Args>(init: HookInit<A>): HookSpec<'notify', A, void> {
  return spec('notify', init)
}
export function observe<A extends Args>(init: HookInit<A>): HookSpec<'observe', A, void> {
  return spec('observe', init)
}

export interface TapOptions {
  /** Default `normal`. */
  readonly stage?: Stage
}

/** A family tree with only the power to listen: `node.on.transcode.claim(handler)`. Legal inside `apply` alone. */
export type Taps<T> = {
  readonly [F in keyof T]: {
    readonly [N in keyof T[F]]: T[F][N] extends HookSpec<infer K extends HookKind, infer A extends Args, infer R>
      ? (handler: Handler<K, A, R>, options?: TapOptions) => void
      : never
  }
}

/** A family tree with the power to ask: `node.run.transcode.claim(job)`. Legal once the node is ready. */
export type Runners<T> = {
  readonly [F in keyof T]: {
    readonly [N in keyof T[F]]: T[F][N] extends HookSpec<infer K extends HookKind, infer A extends Args, infer R>
      ? (...args: A) => Answer<K, A, R>
      : never
  }
}

/** Hooks that a plugin owns and exports for others; made by `defineHooks`. */
export interface HookSet<T> {
  /** The owning plugin's short name, first part of each hook's name. */
  readonly owner: string
  readonly families: T
}

/** Declares a plugin's own hooks. The owner runs them with `node.provide(set)`, others listen with `node.tap(set)`. */
export function defineHooks<const T>(owner: string, families: T): HookSet<T> {
  return Object.freeze({ owner, families })
}
