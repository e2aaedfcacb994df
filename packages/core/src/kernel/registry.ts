import type { HookFamily, HookSet, NodeRunners, NodeTaps, Runners, Stage, TapOptions, Taps } from '@livepeer-node/sdk'
import { nodeHooks } from '@livepeer-node/sdk'
import { lateTap, notReady, shortName, stopped, wrongHookOwner } from './errors.ts'
import { guard, isSync, type Watch } from './guard.ts'
import { type AnySpec, createHookPoint, type HookPoint, type RunContext } from './hook-point.ts'
import { leavesOf, mapTree, type Tree } from './tree.ts'

/** `closed` until every plugin is applied, `open` while the node works, `stopped` for ever after. */
export type Gate = 'closed' | 'open' | 'stopped'

/** Who taps, and whether it still may. */
export interface Tapper {
  readonly plugin: string
  readonly mayTap: () => boolean
}

interface OwnedHooks {
  readonly points: Tree<HookPoint>
  /** Full name of the plugin that runs them, once it has said so. */
  provider: string | undefined
}

/** All hooks of one node: the table's and those that plugins brought. */
export class HookRegistry {
  gate: Gate = 'closed'
  // The table's types are given back in tapsFor and runnersFor.
  readonly #points = createPoints(nodeHooks as unknown as Tree<AnySpec>)
  readonly #owned = new Map<HookSet<unknown>, OwnedHooks>()
  readonly #watch: Watch

  constructor(watch: Watch) {
    this.#watch = watch
  }

  /** The table with the power to listen. */
  tapsFor(tapper: Tapper): NodeTaps {
    return this.#taps(this.#points, tapper) as NodeTaps
  }

  /** The table with the power to ask; with `families`, only those. */
  runnersFor(families: readonly HookFamily[] = Object.keys(nodeHooks) as HookFamily[]): NodeRunners {
    const chosen = families.map((family) => [family, this.#points[family] ?? {}] as const)
    return this.#runners(Object.fromEntries(chosen)) as NodeRunners
  }

  /** A plugin listens to another's hooks, whether or not the owner has come yet. */
  tap<T>(set: HookSet<T>, tapper: Tapper): Taps<T> {
    return this.#taps(this.#ownedHooks(set).points, tapper) as Taps<T>
  }

  /** The owner of the hooks runs them. */
  provide<T>(set: HookSet<T>, plugin: string): Runners<T> {
    if (set.owner !== shortName(plugin) && set.owner !== plugin) throw wrongHookOwner(plugin, set.owner)
    const owned = this.#ownedHooks(set)
    owned.provider = plugin
    return this.#runners(owned.points) as Runners<T>
  }

  /** Runs a hook of the table for the kernel itself. */
  run(family: HookFamily, name: string, args: readonly unknown[], context: RunContext): Promise<unknown> {
    const point = this.#points[family]?.[name]
    if (!point) throw new TypeError(`no hook ${family}.${name}`)
    return Promise.resolve(point.run(args, context))
  }

  /** Every hook with who runs it, where that is a plugin that brought it. */
  list(): readonly { readonly point: HookPoint; readonly provider: string | undefined; readonly family?: string }[] {
    const table = Object.entries(this.#points).flatMap(([family, points]) =>
      Object.values(points).map((point) => ({ point, provider: undefined, family })),
    )
    const owned = [...this.#owned.values()].flatMap(({ points, provider }) =>
      leavesOf(points).map((point) => ({ point, provider })),
    )
    return [...table, ...owned]
  }

  #ownedHooks(set: HookSet<unknown>): OwnedHooks {
    const known = this.#owned.get(set)
    if (known) return known
    const owned: OwnedHooks = { points: createPoints(set.families as Tree<AnySpec>), provider: undefined }
    this.#owned.set(set, owned)
    return owned
  }

  #taps(points: Tree<HookPoint>, { plugin, mayTap }: Tapper): unknown {
    return mapTree(points, (point) => (handler: (...args: unknown[]) => unknown, options: TapOptions = {}) => {
      if (!mayTap()) throw lateTap(plugin, point.spec.name)
      const stage: Stage = options.stage ?? 'normal'
      point.attach(plugin, guard({ plugin, spec: point.spec, handler }, this.#watch), stage)
    })
  }

  #runners(points: Tree<HookPoint>): unknown {
    return mapTree(points, (point) =>
      isSync(point.spec.kind)
        ? (...args: unknown[]) => this.#runGated(point, args)
        : async (...args: unknown[]) => this.#runGated(point, args),
    )
  }

  /** After the stop nobody is told and nobody is asked, but what needs an answer to go on must fail. */
  #runGated(point: HookPoint, args: readonly unknown[]): unknown {
    const { name, kind } = point.spec
    if (this.gate === 'open') return point.run(args)
    if (this.gate === 'closed') throw notReady(name)
    if (kind === 'notify' || kind === 'observe' || kind === 'collect') {
      this.#watch.log.debug('A hook was run after the stop', { hook: name })
      return kind === 'collect' ? [] : undefined
    }
    throw stopped(name)
  }
}

function createPoints(specs: Tree<AnySpec>): Tree<HookPoint> {
  return mapTree(specs, createHookPoint)
}
