import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HookKind, Plugin, Stage } from '@livepeer-node/sdk'
import { shortName } from './errors.ts'
import { isSync } from './guard.ts'
import type { HookRegistry } from './registry.ts'

/** What `livepeer plugins [--hooks]` prints. Plain data. */
export interface Composition {
  /** In the order in which they are applied. */
  readonly plugins: readonly ComposedPlugin[]
  /** Every hook, in the order of the table; those that plugins brought come last. */
  readonly hooks: readonly ComposedHook[]
}

export interface ComposedPlugin {
  readonly name: string
  /** As messages and option paths say it. */
  readonly shortName: string
  /** Of its package, where one is installed under its name. */
  readonly version: string | undefined
  /** The kernel range that it was made for. */
  readonly kernel: string
  readonly provides: readonly string[]
  readonly requires: readonly string[]
  /** Hook families that it runs. */
  readonly runs: readonly string[]
  readonly roles: readonly string[]
  /** How many handlers it has attached. */
  readonly handlers: number
}

export interface ComposedHook {
  readonly name: string
  readonly kind: HookKind
  readonly args: readonly string[]
  /** In the order in which they run; full plugin names. */
  readonly handlers: readonly { readonly plugin: string; readonly stage: Stage }[]
  /** What it means when nobody answers. */
  readonly unanswered: string
  /** ms per handler; `undefined` for the verbs that answer at once. */
  readonly deadlineMs: number | undefined
  /** Who may run it: full plugin names, `kernel` for the lifecycle. */
  readonly runBy: readonly string[]
}

/** Reads a composition off the plugins and the hooks. Empty of handlers until the node has started. */
export function compositionOf(plugins: readonly Plugin[], registry: HookRegistry): Composition {
  const hooks = registry.list().map(({ point, provider, family }): ComposedHook => {
    const { name, kind, args, unanswered, deadlineMs } = point.spec
    return {
      name,
      kind,
      args,
      handlers: point.attached(),
      unanswered,
      deadlineMs: isSync(kind) ? undefined : deadlineMs,
      runBy: family === undefined ? [provider].filter((it) => it !== undefined) : runnersOfFamily(family, plugins),
    }
  })
  return { plugins: plugins.map((plugin) => composed(plugin, hooks)), hooks }
}

function composed({ definition }: Plugin, hooks: readonly ComposedHook[]): ComposedPlugin {
  const { name, kernel, provides = [], requires = [], runs = [], roles = [] } = definition
  const handlers = hooks.flatMap((hook) => hook.handlers).filter(({ plugin }) => plugin === name).length
  return {
    name,
    shortName: shortName(name),
    version: versionOf(name),
    kernel,
    provides,
    requires,
    runs,
    roles,
    handlers,
  }
}

function runnersOfFamily(family: string, plugins: readonly Plugin[]): readonly string[] {
  const names = plugins
    .filter(({ definition }) => (definition.runs as readonly string[] | undefined)?.includes(family))
    .map(({ definition }) => definition.name)
  return family === 'lifecycle' ? ['kernel', ...names] : names
}

/** A plugin is found from where the operator works, or from where this package is installed. */
function versionOf(packageName: string): string | undefined {
  for (const base of [pathToFileURL(join(process.cwd(), 'livepeer.config.ts')).href, import.meta.url]) {
    try {
      const path = findPackageJSON(packageName, base)
      if (path) return (JSON.parse(readFileSync(path, 'utf8')) as { version?: string }).version
    } catch {
      // Not a package that is installed here: it has no version to show.
    }
  }
  return undefined
}
