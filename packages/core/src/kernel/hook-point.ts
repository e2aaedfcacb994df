import type { HookKind, HookSpec, LivepeerError, Stage } from '@livepeer-node/sdk'
import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesWaterfallHook, SyncBailHook, SyncHook } from 'tapable'

/** A hook's description with its types forgotten; they are given back where plugins meet the hook (registry.ts). */
export type AnySpec = HookSpec<HookKind, never, unknown>

/** What one run of a hook carries past its arguments. */
export interface RunContext {
  /** Where the isolated failures of this run are put, for a caller that wants to know. */
  readonly failures?: LivepeerError[]
  /** Handlers that are still busy when this aborts have failed with `LP_HANDLER_TIMEOUT`. Instead of the hook's deadline. */
  readonly until?: AbortSignal
}

/** A plugin's handler behind its guard (guard.ts). */
export type GuardedHandler = (args: readonly unknown[], context: RunContext) => unknown

export interface Attached {
  readonly plugin: string
  readonly stage: Stage
}

/** A working hook. Never handed to a plugin: a holder could run it or tap it at will. */
export interface HookPoint {
  readonly spec: AnySpec
  attach(plugin: string, handler: GuardedHandler, stage: Stage): void
  /** Answers as the verb says: at once for `claim` and `observe`, by promise for the others. */
  run(args: readonly unknown[], context?: RunContext): unknown
  /** In the order in which they run. */
  attached(): readonly Attached[]
}

/** Tapable numbers its stages; ours have names. */
const STAGES: Readonly<Record<Stage, number>> = { first: -1, normal: 0, fallback: 1 }

type Call = [args: readonly unknown[], context: RunContext]
/** The little of tapable that all its hooks share and that we use. */
interface Tapped {
  readonly taps: readonly { readonly name: string; readonly stage?: number }[]
}

/**
 * Makes the working hook. The argument names in the spec are never given to tapable, which would splice them into
 * generated code; it sees the arguments as one list. Asynchronous handlers are wrapped in an `async` function, because
 * tapable's promise never settles when a handler throws before it returns one.
 */
export function createHookPoint(spec: AnySpec): HookPoint {
  return MAKERS[spec.kind](spec)
}

const MAKERS: Readonly<Record<HookKind, (spec: AnySpec) => HookPoint>> = {
  claim: claimPoint,
  decide: decidePoint,
  transform: transformPoint,
  collect: collectPoint,
  notify: notifyPoint,
  observe: observePoint,
}

function claimPoint(spec: AnySpec): HookPoint {
  const hook = new SyncBailHook<Call, unknown>(['args', 'context'], spec.name)
  return {
    spec,
    attach: (plugin, handler, stage) => hook.tap(tapOf(plugin, stage), handler),
    run: (args, context = {}) => hook.call(args, context),
    attached: () => attachedTo(hook),
  }
}

function decidePoint(spec: AnySpec): HookPoint {
  const hook = new AsyncSeriesBailHook<Call, unknown>(['args', 'context'], spec.name)
  return {
    spec,
    attach: (plugin, handler, stage) => hook.tapPromise(tapOf(plugin, stage), async (...call) => handler(...call)),
    run: (args, context = {}) => hook.promise(args, context),
    attached: () => attachedTo(hook),
  }
}

/** The value that is passed on is tapable's first argument; what stays the same travels beside it. */
function transformPoint(spec: AnySpec): HookPoint {
  type Step = [value: unknown, rest: readonly unknown[], context: RunContext]
  const hook = new AsyncSeriesWaterfallHook<Step, unknown>(['value', 'rest', 'context'], spec.name)
  return {
    spec,
    attach: (plugin, handler, stage) =>
      hook.tapPromise(tapOf(plugin, stage), async (value, rest, context) => handler([value, ...rest], context)),
    run: ([value, ...rest], context = {}) => hook.promise(value, rest, context),
    attached: () => attachedTo(hook),
  }
}

/** Handlers run at the same time, their lists are joined in handler order. */
function collectPoint(spec: AnySpec): HookPoint {
  type Gathered = Map<unknown, readonly unknown[]>
  const hook = new AsyncParallelHook<[...Call, Gathered]>(['args', 'context', 'gathered'], spec.name)
  return {
    spec,
    attach(plugin, handler, stage) {
      const gather = async (args: readonly unknown[], context: RunContext, gathered: Gathered) => {
        const list = (await handler(args, context)) as readonly unknown[] | undefined // the guard refuses all else
        gathered.set(gather, list ?? [])
      }
      hook.tapPromise(tapOf(plugin, stage), gather)
    },
    async run(args, context = {}) {
      const gathered: Gathered = new Map()
      await hook.promise(args, context, gathered)
      return hook.taps.flatMap(({ fn }) => gathered.get(fn) ?? [])
    },
    attached: () => attachedTo(hook),
  }
}

/** Handlers of one stage run at the same time; the next stage starts when they have settled. */
function notifyPoint(spec: AnySpec): HookPoint {
  const parallel = () => new AsyncParallelHook<Call>(['args', 'context'], spec.name)
  const stages: Readonly<Record<Stage, ReturnType<typeof parallel>>> = {
    first: parallel(),
    normal: parallel(),
    fallback: parallel(),
  }
  return {
    spec,
    attach(plugin, handler, stage) {
      stages[stage].tapPromise(tapOf(plugin, stage), async (args, context) => {
        await handler(args, context)
      })
    },
    async run(args, context = {}) {
      for (const hook of Object.values(stages)) await hook.promise(args, context)
    },
    attached: () => Object.values(stages).flatMap(attachedTo),
  }
}

function observePoint(spec: AnySpec): HookPoint {
  const hook = new SyncHook<Call>(['args', 'context'], spec.name)
  return {
    spec,
    attach(plugin, handler, stage) {
      hook.tap(tapOf(plugin, stage), (args, context) => {
        handler(args, context)
      })
    },
    run: (args, context = {}) => hook.call(args, context),
    attached: () => attachedTo(hook),
  }
}

const tapOf = (plugin: string, stage: Stage) => ({ name: plugin, stage: STAGES[stage] })

function attachedTo(hook: Tapped): readonly Attached[] {
  return hook.taps.map(({ name, stage = 0 }) => ({
    plugin: name,
    stage: stage < 0 ? 'first' : stage > 0 ? 'fallback' : 'normal',
  }))
}
