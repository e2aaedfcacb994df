import type { SlowLink } from '../link.ts'
import { type Fault, healedBy, linkOf, nothingToHeal } from './fault.ts'

/** Nothing passes between the target and its peers, and nobody is told. Healed, all that was sent meanwhile arrives. */
export function partition(): Fault {
  return {
    name: 'partition',
    inject: async (target) => {
      const link = linkOf(target)
      link.partition()
      return healedBy(() => link.heal())
    },
  }
}

/** A long and narrow way; default 150 ms each way and 20 kB/s. */
export function slowLink(how: SlowLink = { latencyMs: 150, bytesPerSecond: 20_000 }): Fault {
  return {
    name: 'slow-link',
    inject: async (target) => {
      const link = linkOf(target)
      link.slowDown(how)
      return healedBy(() => link.heal())
    },
  }
}

/** Bits turn over on the way: TLS notices, and connections break as often as they are made. */
export function corruptLink(): Fault {
  return {
    name: 'corrupt',
    inject: async (target) => {
      const link = linkOf(target)
      link.corrupt()
      return healedBy(() => link.heal())
    },
  }
}

/** Both ends see their connections reset; new ones work. */
export function resetLink(): Fault {
  return {
    name: 'reset',
    inject: async (target) => {
      linkOf(target).reset()
      return nothingToHeal
    },
  }
}
