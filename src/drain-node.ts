import type { LivepeerNode } from '@livepeer-node/core'
import type { Logger } from '@livepeer-node/sdk'

/** A line of progress every so often, ms. */
const PROGRESS_MS = 5000

export interface DrainRequest {
  readonly node: LivepeerNode
  readonly log: Logger
  /** Longest wait for what is in flight, ms. */
  readonly graceMs: number
  /** A signal: whoever sends it will not wait for longer than `shortMs` from then. */
  readonly shorten: Promise<unknown>
  readonly shortMs: number
}

/** Has the node finish what it has in flight. False: something was given up. */
export async function drain({ node, log, graceMs, shorten, shortMs }: DrainRequest): Promise<boolean> {
  const deadline = new AbortController()
  const timers = [setTimeout(() => deadline.abort(), graceMs)]
  const endsAt = performance.now() + graceMs
  void shorten.then(() => timers.push(setTimeout(() => deadline.abort(), shortMs).unref()))
  const progress = setInterval(() => {
    const remainingMs = Math.max(0, Math.round(endsAt - performance.now()))
    void node.work().then((left) => log.info('Draining', { left, remainingMs }))
  }, PROGRESS_MS)
  const { drained, left } = await node.drain(deadline.signal, graceMs)
  clearInterval(progress)
  for (const timer of timers) clearTimeout(timer)
  if (!drained) log.warn('Work in flight was given up', { graceMs, left })
  return drained
}
