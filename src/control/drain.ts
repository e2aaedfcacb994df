import { setTimeout as delay } from 'node:timers/promises'
import { parseDuration } from '@livepeer-node/core'
import { type DrainOutcome, isLivepeerError } from '@livepeer-node/sdk'
import type { ControlClient, NodeStatus } from './client.ts'
import { badTime, drainLost } from './errors.ts'
import { describeNode, type FoundNode, rolesOf } from './find-node.ts'

const LOOK_MS = 1000
/** How long a node may take to close everything once it has drained, ms. */
const CLOSE_MS = 15_000

export interface DrainOrder {
  readonly graceMs: number | undefined
  /** Told what is left, whenever that has changed. */
  readonly progress: (text: string) => void
}

export interface NodeDrained extends DrainOutcome {
  readonly pid: number
  readonly roles: readonly string[]
  readonly tookMs: number
}

/** `--grace` in ms. Throws `LP_TIME_INVALID`. */
export function graceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms === undefined) throw badTime('--grace', text)
  return ms
}

/** Has the node drain, and waits until it is gone. Throws `LP_DRAIN_LOST` where it goes without a word. */
export async function drainNode(node: FoundNode, { graceMs, progress }: DrainOrder): Promise<NodeDrained> {
  const { client, status } = node
  const startedAt = performance.now()
  // One request for both: an idle node is gone before a second one could reach it.
  const order = client.ask<DrainOutcome>('POST', '/drain', { body: { graceMs, wait: true } })
  progress(`${describeNode(node)} drains`)
  const over = new AbortController()
  const watching = watch(client, progress, over.signal)
  const outcome = await order.catch(lost).finally(() => over.abort())
  await watching
  await client.gone(AbortSignal.timeout(CLOSE_MS))
  return { ...outcome, pid: status.pid, roles: rolesOf(status), tookMs: Math.round(performance.now() - startedAt) }
}

/** For a person. */
export function outcomeText({ drained, left }: DrainOutcome): string {
  if (drained) return 'Drained: everything was finished or handed over.'
  const parts = Object.entries(left).map(counted)
  return `Ended: work in flight was given up${parts.length > 0 ? ` (${parts.join(', ')})` : ''}.`
}

/** What the node refuses is told as it is; a connection that breaks is an end without a word. */
function lost(error: unknown): never {
  throw isLivepeerError(error) && error.code !== 'LP_NODE_NOT_FOUND' ? error : drainLost()
}

async function watch(client: ControlClient, progress: DrainOrder['progress'], over: AbortSignal): Promise<void> {
  let before = ''
  while (!over.aborted) {
    const status = await client.status(over).catch(() => undefined) // its end is told by another request
    const left = status && leftText(status)
    if (status && left !== undefined && left !== before) progress(`  ${left}${remainingText(status)}`)
    before = left ?? before
    await delay(LOOK_MS, undefined, { signal: over }).catch(() => {})
  }
}

/** `3 sessions left`; where several parts of the node have work, `1 stream (broadcaster), 1 session (orchestrator) left`. */
function leftText({ work }: NodeStatus): string {
  const busy = Object.entries(work).filter(([, of]) => Object.values(of).some((count) => count > 0))
  if (busy.length === 0) return 'nothing left'
  const parts = busy.map(([name, of]) => {
    const counts = Object.entries(of).filter(([, count]) => count > 0)
    const text = counts.map(counted).join(', ')
    return busy.length === 1 ? text : `${text} (${name})`
  })
  return `${parts.join(', ')} left`
}

function counted([what, count]: readonly [string, number]): string {
  return `${count} ${count === 1 ? what.replace(/s$/, '') : what}`
}

function remainingText({ draining }: NodeStatus): string {
  const ms = draining?.remainingMs
  return ms === undefined || ms === null ? '' : `, ${Math.ceil(ms / 1000)} s to go`
}
