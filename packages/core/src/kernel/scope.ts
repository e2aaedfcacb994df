import type { Clock, DrainOutcome, HookFamily, Logger, Plugin, PluginScope, StopRequest } from '@livepeer-node/sdk'
import { Cleanups } from './cleanups.ts'
import type { DataDir } from './data-dir.ts'
import { shortName } from './errors.ts'
import type { HookRegistry } from './registry.ts'
import type { Secrets } from './secrets.ts'

/** What the scopes of one node share. */
export interface Shared {
  readonly hooks: HookRegistry
  readonly secrets: Secrets
  readonly dataDir: DataDir
  readonly log: Logger
  readonly clock: Clock
  readonly version: string
  readonly signal: AbortSignal
  readonly ready: Promise<void>
  readonly requestStop: (request: StopRequest) => Promise<DrainOutcome>
}

/** A plugin's scope as the kernel holds it. */
export interface OpenScope {
  readonly plugin: string
  readonly scope: PluginScope<HookFamily>
  readonly cleanups: Cleanups
  /** From here on a tap is `LP_LATE_TAP`. */
  seal(): void
}

/** What one plugin sees of the node. A plain object of closures: a plugin may take it apart. */
export function openScope({ definition }: Plugin, shared: Shared): OpenScope {
  const plugin = definition.name
  const { hooks, secrets, dataDir, clock, version, signal, ready } = shared
  const log = shared.log.child({ plugin: shortName(plugin) })
  const cleanups = new Cleanups(plugin, clock, log)
  let sealed = false
  const tapper = { plugin, mayTap: () => !sealed }
  const scope: PluginScope<HookFamily> = {
    on: hooks.tapsFor(tapper),
    run: hooks.runnersFor(definition.runs ?? []),
    signal,
    ready,
    log,
    clock,
    version,
    get dataDir() {
      return dataDir.open()
    },
    defer: (cleanup) => cleanups.add(cleanup),
    secret: (ref) => secrets.resolve(ref, log),
    requestStop: (request) => shared.requestStop(request),
    provide: (set) => hooks.provide(set, plugin),
    tap: (set) => hooks.tap(set, tapper),
  }
  return {
    plugin,
    scope: Object.freeze(scope),
    cleanups,
    seal: () => {
      sealed = true
    },
  }
}
