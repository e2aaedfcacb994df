import type { BlockHead } from '../block.ts'
import { callFailed } from '../errors.ts'

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

  /** `head` is the latest block now: what was seen above it is forgotten. */
  add({ number, hash }: BlockHead): void {
    this.#seen = this.#seen.filter((it) => it.number < number && it.number >= number - HISTORY_BLOCKS)
    this.#seen.push({ number, hash })
  }

  /**
   * The first block that may have been replaced, as far as `head` and what is below it tell; `undefined`: none was. Changes
   * nothing. @throws `LP_CHAIN_CALL` when the endpoint does not have what is below its own latest block
   */
  async forkAt(head: BlockHead, read: ReadHead): Promise<bigint | undefined> {
    let replaced: bigint | undefined
    for (const { number, hash } of this.#seen.filter((it) => it.number <= head.number).toReversed()) {
      const now = number === head.number ? head : await read(number)
      if (!now) throw callFailed(`block ${number}`, 'the endpoint does not have it, but later ones', undefined)
      if (now.hash === hash) return replaced === undefined ? undefined : number + 1n
      replaced = number
    }
    // How far back it goes nobody can tell.
    return replaced === undefined ? undefined : earlier(replaced)
  }
}

function earlier(block: bigint): bigint {
  return block > HISTORY_BLOCKS ? block - HISTORY_BLOCKS : 0n
}
