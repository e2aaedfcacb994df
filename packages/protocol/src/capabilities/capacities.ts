import { capabilityBits } from './bits.ts'

/**
 * What an orchestrator and the transcoders attached to it can do together: a capacity per capability, summed up on
 * attach and taken away on detach; what falls to 0 is gone (wire.md §5.2).
 */
export class CapacityTally {
  readonly #capacities: Map<number, number>

  /** @param own capabilities of the node itself, each with capacity 1, or with the capacities given */
  constructor(own: Iterable<number> | ReadonlyMap<number, number>) {
    this.#capacities =
      own instanceof Map ? new Map(own) : new Map(Array.from(own as Iterable<number>, (capability) => [capability, 1]))
  }

  /** A node attached. */
  add(capacities: ReadonlyMap<number, number>): void {
    for (const [capability, capacity] of capacities) this.#change(capability, capacity)
  }

  /** A node left. */
  remove(capacities: ReadonlyMap<number, number>): void {
    for (const [capability, capacity] of capacities) this.#change(capability, -capacity)
  }

  /** Capacity per capability. */
  get capacities(): ReadonlyMap<number, number> {
    return this.#capacities
  }

  /** The set: bit c = capability c. */
  get bits(): bigint {
    return capabilityBits(this.#capacities.keys())
  }

  #change(capability: number, by: number): void {
    const capacity = (this.#capacities.get(capability) ?? 0) + by
    if (capacity > 0) this.#capacities.set(capability, capacity)
    else this.#capacities.delete(capability)
  }
}
