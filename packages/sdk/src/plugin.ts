import type { z } from 'zod'
import type { Clock } from './clock.ts'
import type { Role } from './domain/node.ts'
import type { HookSet, Runners, Taps } from './hooks.ts'
import type { SecretRef } from './secret.ts'
import type { HookFamily, NodeRunners, NodeTaps } from './table.ts'

/** The kernel that this sdk belongs to; a plugin's `kernel` range is checked against it. */
export const KERNEL_VERSION = '0.1.0'

export type LogFields = Readonly<Record<string, unknown>>

/** One line, one event; fields are `streamId`, `seq`, `sessionId`, `orchestrator`, … Secrets that the scope resolved are masked. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** The same log with these fields on every line. */
  child(fields: LogFields): Logger
}

/** A wish to end the node in order. */
export interface StopRequest {
  /** For the log: `the operator drains it`. */
  readonly reason: string
  /** ms. */
  readonly graceMs?: number
}

/** How a drain went. */
export interface DrainOutcome {
  /** All that was in flight was finished or handed over, in time. */
  readonly drained: boolean
  /** What was not, by plugin and kind: `{ 'orchestrator sessions': 3 }`. Work cut off by the deadline may be gone from it. */
  readonly left: Readonly<Record<string, number>>
}

/** What one plugin sees of the node. */
export interface PluginScope<Runs extends HookFamily = never> {
  /** Listen. Inside `apply` only: afterwards it is `LP_LATE_TAP`. */
  readonly on: NodeTaps
  /** Ask. Only the families named in the definition's `runs`, and only once the node is ready. */
  readonly run: Pick<NodeRunners, Runs>
  /** Aborts when the node stops, after draining. */
  readonly signal: AbortSignal
  /** Resolves when the node is ready; rejects when its start failed. */
  readonly ready: Promise<void>
  readonly log: Logger
  readonly clock: Clock
  /** An existing, writable folder of this node. Made on first use of `dataDir`. */
  readonly dataDir: string
  /** The product's version, as sent to peers. */
  readonly version: string
  /** Runs on stop, last registered first. A failed start runs it too. */
  defer(cleanup: () => void | Promise<void>): void
  /** The text behind a secret option: a value, a readable file's trimmed content, or an environment variable. Masked in logs from then on. */
  secret(ref: SecretRef): string
  /** Runs hooks of this plugin's own (made by `defineHooks`). */
  provide<T>(set: HookSet<T>): Runners<T>
  /**
   * Asks whoever runs the node to drain and stop it, as SIGTERM does. Later calls change nothing. With `graceMs` the work
   * in flight gets that long instead of the node's `drainTimeoutMs`. Resolves when the drain is over, before the node
   * stops, or when it stops without one.
   */
  requestStop(request: StopRequest): Promise<DrainOutcome>
  /** Listens to another plugin's hooks. Inside `apply` only. */
  tap<T>(set: HookSet<T>): Taps<T>
}

export interface PluginDefinition<S extends z.ZodObject, Runs extends HookFamily = never> {
  /** The package's name; unique in a node. */
  readonly name: string
  /** Range of kernel versions it was made for, as `^0.1.0`. */
  readonly kernel: string
  /** What others may require of it, as `segmenter`. */
  readonly provides?: readonly string[]
  /** What must be provided by another plugin of the node; those are applied first. */
  readonly requires?: readonly string[]
  /** Hook families that it runs. */
  readonly runs?: readonly Runs[]
  /** The role commands that load it when it is listed in the config file. */
  readonly roles?: readonly Role[]
  /** Type, default, check and help in one. Use `describe()` for help and `secretOption()` for secrets. */
  readonly options: S
  /** Taps hooks, opens what it needs. Must end within 10 s; a throw unwinds the start. */
  apply(node: PluginScope<Runs>, options: z.output<S>): void | Promise<void>
}

/** A plugin with its options: what `livepeer.config.ts` lists. */
export interface Plugin {
  readonly definition: PluginDefinition<z.ZodObject, HookFamily>
  readonly rawOptions: unknown
}

export interface PluginFactory<S extends z.ZodObject> {
  (options?: z.input<S>): Plugin
  /** For names in configs and for tools: what it is, without options. */
  readonly definition: PluginDefinition<z.ZodObject, HookFamily>
}

/**
 * Defines a plugin. The result is a function of its options; export it as the package's default, so that a config may
 * list it as a value or by the package's name.
 */
export function definePlugin<S extends z.ZodObject, const Runs extends HookFamily = never>(
  definition: PluginDefinition<S, Runs>,
): PluginFactory<S> {
  const erased = definition as unknown as PluginDefinition<z.ZodObject, HookFamily>
  return Object.assign((options?: z.input<S>): Plugin => ({ definition: erased, rawOptions: options ?? {} }), {
    definition: erased,
  })
}
