import type {
  Clock,
  DrainOutcome,
  Endpoint,
  LivepeerError,
  Logger,
  NodeRunners,
  Plugin,
  Problem,
  StatusSection,
  StopRequest,
} from '@livepeer-node/sdk'
import { KERNEL_VERSION, systemClock } from '@livepeer-node/sdk'
import { maskedLogger, SecretMask } from '../logging/mask.ts'
import { pinoLogger } from '../logging/pino-logger.ts'
import { DataDir } from './data-dir.ts'
import { alreadyStarted, applyTimeout, stopped } from './errors.ts'
import { asError, type Trace } from './guard.ts'
import { type Composition, compositionOf } from './inspect.ts'
import { withLimits } from './limits.ts'
import { parseOptions } from './options.ts'
import { fromPreflight, oneOrAll } from './problems.ts'
import { HookRegistry } from './registry.ts'
import { checkRequirements } from './requirements.ts'
import { type OpenScope, openScope, type Shared } from './scope.ts'
import { Secrets } from './secrets.ts'

/** Longest time for one plugin's `apply`, ms. */
export const APPLY_LIMIT_MS = 10_000
/** How long draining handlers may take to wind up once their deadline has aborted, ms. */
export const DRAIN_GRACE_MS = 1000

export interface NodeOptions {
  readonly plugins: readonly Plugin[]
  /** Folder for what must outlive the process; made when a plugin first asks for it. */
  readonly dataDir: string
  /** The product's version, as sent to peers; default: the kernel's. */
  readonly version?: string
  /** Default: JSON lines on standard output from `info` up. Secrets that plugins resolve are masked in it. */
  readonly log?: Logger
  readonly clock?: Clock
  /** Where secrets of the form `{ env }` are looked up; default `process.env`. */
  readonly env?: NodeJS.ProcessEnv
  /** Told about each call of each handler. A throw is logged and harms nothing. */
  onTrace?(trace: Trace): void
}

export type NodeState = 'created' | 'starting' | 'ready' | 'draining' | 'stopped'

/** A node: its plugins, from start to stop. Starts once; another composition is another node. */
export interface LivepeerNode extends AsyncDisposable {
  readonly state: NodeState
  /** Resolves when a plugin asks for the node's end; whoever runs the node then drains and stops it. */
  readonly stopRequested: Promise<StopRequest>
  /**
   * Checks requirements and options, applies the plugins in order (each within 10 s), seals, asks `lifecycle.preflight`,
   * and is ready. A failure unwinds what had started, newest first, and rejects with its cause: a `LivepeerError`, or an
   * `AggregateError` of several; `problemsOf` lists either.
   */
  start(): Promise<void>
  /**
   * Asks every plugin to take no new work and finish what runs. Resolves when they have, or shortly after `deadline`, with
   * what their status says is left. `graceMs`: when that aborts, as plugins are told; default: they are told of no end.
   * A node that is not ready has nothing to finish.
   */
  drain(deadline: AbortSignal, graceMs?: number): Promise<DrainOutcome>
  /** What the plugins have to finish now: `{ 'orchestrator sessions': 3 }`. */
  work(): Promise<Readonly<Record<string, number>>>
  /**
   * Aborts every scope's signal and runs what plugins deferred, newest plugin and last registered first. Rejects with one
   * `AggregateError` when clean-ups failed; all have run then. Later calls wait for the first and resolve.
   */
  stop(): Promise<void>
  /** Asks hooks from outside of any plugin: for commands and tests. From preflight on; earlier it is `LP_NOT_READY`. */
  readonly run: NodeRunners
  /** Where the node can be reached, with real ports. */
  endpoints(): Promise<readonly Endpoint[]>
  composition(): Composition
}

/** Makes a node. Nothing happens before `start()`. */
export function createNode(options: NodeOptions): LivepeerNode {
  return new KernelNode(options)
}

class KernelNode implements LivepeerNode {
  readonly run: NodeRunners
  readonly stopRequested: Promise<StopRequest>
  readonly #hooks: HookRegistry
  readonly #shared: Shared
  readonly #drained = Promise.withResolvers<DrainOutcome>()
  readonly #ready = Promise.withResolvers<void>()
  readonly #abort = new AbortController()
  readonly #scopes: OpenScope[] = []
  #plugins: readonly Plugin[]
  #state: NodeState = 'created'
  #closing: Promise<readonly Error[]> | undefined
  #stopErrorsTold = false

  constructor(options: NodeOptions) {
    const mask = new SecretMask()
    const log = maskedLogger(options.log ?? pinoLogger({ level: 'info' }), mask)
    const clock = options.clock ?? systemClock
    const { signal } = this.#abort
    const stopRequest = Promise.withResolvers<StopRequest>()
    this.stopRequested = stopRequest.promise
    this.#plugins = options.plugins
    this.#hooks = new HookRegistry({ clock, log, stop: signal, onTrace: (trace) => options.onTrace?.(trace) })
    this.run = this.#hooks.runnersFor()
    this.#shared = {
      hooks: this.#hooks,
      secrets: new Secrets(options.env ?? process.env, mask),
      dataDir: new DataDir(options.dataDir),
      log,
      clock,
      version: options.version ?? KERNEL_VERSION,
      signal,
      ready: this.#ready.promise,
      requestStop: (request) => {
        stopRequest.resolve(request)
        return this.#drained.promise
      },
    }
    // Not every plugin waits for it, and a failed start is told by start().
    this.#ready.promise.catch(() => {})
  }

  get state(): NodeState {
    return this.#state
  }

  async start(): Promise<void> {
    if (this.#state !== 'created') throw alreadyStarted(this.#state)
    this.#state = 'starting'
    try {
      await this.#applyAll()
      this.#hooks.gate = 'open'
      await this.#preflight()
      this.#throwIfStopped()
      this.#state = 'ready'
      this.#ready.resolve()
      await this.#hooks.run('lifecycle', 'ready', [], {})
      this.#throwIfStopped()
    } catch (cause) {
      this.#ready.reject(cause)
      for (const error of await this.#close()) {
        this.#shared.log.error('Unwinding a failed start failed too', { error })
      }
      this.#stopErrorsTold = true
      throw cause
    }
  }

  async drain(deadline: AbortSignal, graceMs = Number.POSITIVE_INFINITY): Promise<DrainOutcome> {
    if (this.#state !== 'ready') return { drained: true, left: {} }
    this.#state = 'draining'
    const { clock } = this.#shared
    const until = new AbortController()
    const graces: (() => void)[] = []
    const startGrace = () => graces.push(clock.after(DRAIN_GRACE_MS, () => until.abort()))
    if (deadline.aborted) startGrace()
    else deadline.addEventListener('abort', startGrace, { once: true })
    await this.#hooks.run('lifecycle', 'draining', [deadline, graceMs], { until: until.signal })
    deadline.removeEventListener('abort', startGrace)
    for (const undo of graces) undo()
    const left = await this.work()
    const outcome = { drained: !deadline.aborted && Object.keys(left).length === 0, left }
    this.#drained.resolve(outcome)
    return outcome
  }

  async work(): Promise<Readonly<Record<string, number>>> {
    return workOf(await this.run.lifecycle.status())
  }

  async stop(): Promise<void> {
    const errors = await this.#close()
    if (errors.length === 0 || this.#stopErrorsTold) return
    this.#stopErrorsTold = true
    throw new AggregateError(errors, `${errors.length} clean-ups failed while stopping.`)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async endpoints(): Promise<readonly Endpoint[]> {
    return this.run.lifecycle.endpoints()
  }

  composition(): Composition {
    return compositionOf(this.#plugins, this.#hooks)
  }

  async #applyAll(): Promise<void> {
    const { ordered, problems } = checkRequirements(this.#plugins)
    const options = await parseOptions(ordered)
    const all = [...problems, ...options.problems]
    if (all.length > 0) throw oneOrAll(all)
    this.#plugins = ordered
    for (const plugin of ordered) await this.#apply(plugin, options.values.get(plugin) ?? {})
  }

  async #apply(plugin: Plugin, options: Record<string, unknown>): Promise<void> {
    this.#throwIfStopped()
    const { name } = plugin.definition
    const { clock, log } = this.#shared
    const open = openScope(plugin, this.#shared)
    this.#scopes.push(open)
    const startedAt = clock.monotonic()
    try {
      const work = plugin.definition.apply(open.scope, options)
      if (work) {
        await withLimits(work, {
          clock,
          deadline: { ms: APPLY_LIMIT_MS, error: () => applyTimeout(name, APPLY_LIMIT_MS) },
          aborts: [{ signal: this.#abort.signal, error: () => stopped() }],
          onLateFailure: (error) => open.scope.log.error('apply() failed after its time', { error: asError(error) }),
        })
      }
    } catch (thrown) {
      throw asError(thrown).within({ plugin: name })
    } finally {
      open.seal()
    }
    log.debug('Plugin applied', { plugin: name, ms: Math.round(clock.monotonic() - startedAt) })
  }

  /** A check that fails to run is a problem like one that it finds. */
  async #preflight(): Promise<void> {
    const failures: LivepeerError[] = []
    const found = (await this.#hooks.run('lifecycle', 'preflight', [], { failures })) as readonly Problem[]
    const problems = [...found.map(fromPreflight), ...failures]
    if (problems.length > 0) throw oneOrAll(problems)
  }

  #throwIfStopped(): void {
    if (this.#abort.signal.aborted) throw stopped()
  }

  #close(): Promise<readonly Error[]> {
    this.#closing ??= this.#unwind()
    return this.#closing
  }

  async #unwind(): Promise<readonly Error[]> {
    this.#state = 'stopped'
    this.#drained.resolve({ drained: false, left: {} })
    this.#hooks.gate = 'stopped'
    this.#ready.reject(stopped())
    this.#abort.abort(stopped())
    const errors: Error[] = []
    for (const { cleanups } of this.#scopes.toReversed()) errors.push(...(await cleanups.run()))
    return errors
  }
}

function workOf(sections: readonly StatusSection[]): Readonly<Record<string, number>> {
  const work = sections.flatMap(({ name, work: of = {} }) =>
    Object.entries(of).map(([what, count]) => [`${name} ${what}`, count] as const),
  )
  return Object.fromEntries(work.filter(([, count]) => count > 0))
}
