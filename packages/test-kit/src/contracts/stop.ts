import type { Plugin } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { createTestNode, type TestNode } from '../test-node.ts'

/** How long closing may take until a resource counts as left open, ms. */
const SETTLE_LIMIT_MS = 10_000
const SETTLE_STEP_MS = 10

export interface StopContract {
  /** The plugins under test, freshly made: the one that the suite is about and what it requires. */
  readonly make: () => readonly Plugin[]
  /** Uses the node as its users would, and leaves everything open. */
  readonly use?: (node: TestNode) => Promise<void>
}

/**
 * How every contract suite ends: the plugin stops when it was never used, stops twice, and leaves nothing open that would keep
 * the process alive (sockets, servers, timers, child processes).
 */
export function stopContract({ make, use }: StopContract): void {
  describe('stopping', () => {
    it('stops when it was never used', async () => {
      const node = await createTestNode(...make())
      await node.stop()
      expect(node.state).toBe('stopped')
    })

    it('stops twice', async () => {
      const node = await createTestNode(...make())
      await use?.(node)
      await Promise.all([node.stop(), node.stop()])
      await node.stop()
      expect(node.state).toBe('stopped')
    })

    it('leaves no handle open', async () => {
      const before = openResources()
      const node = await createTestNode(...make())
      await use?.(node)
      await node.stop()
      expect(await leftOpen(before)).toEqual([])
    })
  })
}

/** What keeps the event loop alive, counted by kind. Work of the moment (file reads, name look-ups) is left out. */
export function openResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) {
    if (/Req(Callback|Promise|Wrap)?$|^(Immediate|TickObject|PROMISE)$/.test(kind)) continue
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return counts
}

/** The kinds of which more are open than `before`, after what is closing has had time to close. */
export async function leftOpen(before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  for (let waited = 0; ; waited += SETTLE_STEP_MS) {
    const left = [...openResources()].filter(([kind, count]) => count > (before.get(kind) ?? 0)).map(([kind]) => kind)
    if (left.length === 0 || waited >= SETTLE_LIMIT_MS) return left
    await new Promise<void>((resolve) => setTimeout(resolve, SETTLE_STEP_MS))
  }
}
