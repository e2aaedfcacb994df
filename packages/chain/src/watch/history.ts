import type { BlockHead } from '../block.ts'

/** Blocks back to which a change of the chain's past is found out exactly. */
export const HISTORY_BLOCKS = 256n

/** Reads the head of a block by its number. */
export type ReadHead = (number: bigint) => Promise<BlockHead | undefined>

/** The blocks that were the latest when somebody looked: enough to see that the past has changed. */
export class BlockHistory {
  /** Oldest first. */
  #seen: Pick<BlockHead, 'number' | 'hash'>[] = []

  /** The latest one seen. */
  get latest(): bigint | undefined {
    return this.#seen.at(-1)?.number
  }

  /** `head` is the latest block now. */
  add({ number, hash }: BlockHead): void {
    this.#seen = this.#seen.filter((it) => it.number < number && it.number >= number - HISTORY_BLOCKS)
    this.#seen.push({ number, hash })
  }

  /**
   * The first block that may have been replaced since; `undefined`: none was. Blocks before it are as they were. What was
   * replaced is taken out.
   */
  async forkAt(head: BlockHead, read: ReadHead): Promise<bigint | undefined> {
    let replaced: bigint | undefined
    for (let last = this.#seen.at(-1); last; last = this.#seen.at(-1)) {
      const hash = last.number === head.number ? head.hash : (await read(last.number))?.hash
      if (hash === last.hash) return replaced === undefined ? undefined : last.number + 1n
      replaced = last.number
      this.#seen.pop()
    }
    return replaced
  }
}
