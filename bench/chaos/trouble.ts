import { setTimeout as sleep } from 'node:timers/promises'
import { Chance, type Fault } from '@livepeer-node/test-kit/faults'
import type { Fleet, Member } from '../../test/fleet/fleet.ts'
import type { ChaosOptions } from './options.ts'

/** A fault lasts for this share of the time between two, so that now and then two overlap. */
const LASTS = [0.3, 1.4] as const
/** Of its last fault a transcoder recovers for so long before it counts as well again, ms. */
const RECOVERY_MS = 3000

export interface TroubleInit extends Pick<ChaosOptions, 'every' | 'seed' | 'faults' | 'spare'> {
  readonly fleet: Fleet
  readonly say: (line: string) => void
}

/** Does damage at regular times, to a transcoder of its choice; at least one is well at any time. */
export class Trouble {
  /** How often each fault was done. */
  readonly counts = new Map<string, number>()
  readonly #init: TroubleInit
  readonly #chance: Chance
  readonly #ill = new Set<Member>()
  readonly #healing = new Set<Promise<void>>()

  constructor(init: TroubleInit) {
    this.#init = init
    this.#chance = new Chance(init.seed)
  }

  /** Until `over`; then all is healed. */
  async make(over: AbortSignal): Promise<void> {
    while (await passed(this.#init.every * 1000, over)) await this.#strike(over)
    await Promise.all(this.#healing)
  }

  async #strike(over: AbortSignal): Promise<void> {
    const { fleet, faults, every, spare, say } = this.#init
    // All are drawn in any case: what comes next does not hang on what is well now.
    const fault = this.#chance.one(faults)
    const lasts = this.#chance.between(...LASTS) * every * 1000
    const order = this.#chance.next()
    const well = fleet.transcoders.filter((member) => member.node.isReady && !this.#ill.has(member))
    const hittable = well.filter((member) => !fleet.transcoders.slice(0, spare).includes(member))
    const member = hittable[Math.floor(order * hittable.length)]
    if (!member || well.length < 2) return say(`no ${fault.name}: ${well.length} transcoders are well`)
    this.#ill.add(member)
    const healed = this.#damage(member, fault, over, lasts)
      .catch((error: unknown) => say(`${fault.name} of ${member.node.name}: ${String(error)}`))
      .finally(() => {
        this.#ill.delete(member)
        this.#healing.delete(healed)
      })
    this.#healing.add(healed)
  }

  async #damage(member: Member, fault: Fault, over: AbortSignal, lastsMs: number): Promise<void> {
    const { node, link } = member
    const damage = await fault.inject({ name: node.name, pid: node.pid, link })
    this.counts.set(fault.name, (this.counts.get(fault.name) ?? 0) + 1)
    this.#init.say(`${fault.name} of ${node.name} for ${Math.round(lastsMs)} ms`)
    await passed(lastsMs, over)
    await damage[Symbol.asyncDispose]()
    await node.whenReady()
    await passed(RECOVERY_MS, over)
  }
}

/** False: it is over. */
async function passed(ms: number, over: AbortSignal): Promise<boolean> {
  await sleep(ms, undefined, { signal: over }).catch(() => undefined)
  return !over.aborted
}
