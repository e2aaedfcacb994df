/** One of those that may be active in the next round. */
export interface PoolMember {
  /** With checksum. */
  readonly address: string
  readonly stake: bigint
}

/** Neighbours in the pool after a change. Left out: there is none, or it is not in the pool. */
export interface Hints {
  /** With more stake. */
  readonly previous?: string
  /** With less. */
  readonly next?: string
}

/** What changes in a pool. */
export interface PoolChange {
  readonly address: string
  /** After the change. */
  readonly stake: bigint
}

/**
 * Where in the pool somebody is once its stake has changed (payments.md D6). Wrong hints are harmless, they only cost gas.
 * @param pool by stake, largest first
 * @param isFull as many as there may be
 */
export function poolHints(pool: readonly PoolMember[], isFull: boolean, change: PoolChange): Hints {
  const { address, stake } = change
  const isSame = (other: string) => other.toLowerCase() === address.toLowerCase()
  // The sort is stable: after those with the same stake.
  const changed = [...pool.filter((member) => !isSame(member.address)), { address, stake }].toSorted((a, b) =>
    a.stake === b.stake ? 0 : a.stake > b.stake ? -1 : 1,
  )
  const remaining = isFull ? changed.slice(0, -1) : changed
  const at = remaining.findIndex((member) => isSame(member.address))
  if (at < 0) return {}
  const previous = remaining[at - 1]?.address
  const next = remaining[at + 1]?.address
  return { ...(previous && { previous }), ...(next && { next }) }
}
