import type { RedemptionQueue } from './queue.ts'

/** What tells a queue to look again. */
export interface RedemptionEvents {
  /** Each new block; returns the undo. */
  onBlock(listener: () => void): () => void
  /** Blocks were replaced, from this one on; returns the undo. */
  onReorg(listener: (from: bigint) => void): () => void
}

/** Lets a queue look at each block. Returns what stops it. */
export function runRedemption(queue: RedemptionQueue, events: RedemptionEvents): () => Promise<void> {
  const undo = [
    events.onBlock(() => void queue.look()),
    events.onReorg((from) => {
      queue.reorganized(from)
      void queue.look()
    }),
  ]
  void queue.look()
  return async () => {
    for (const each of undo) each()
    await queue.stop()
  }
}
