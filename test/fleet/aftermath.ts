import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { processesWith } from '@livepeer-node/test-kit/faults'
import type { Supervised } from './supervised.ts'

/** Patience for what ends by itself: workers whose parent has gone, ms. */
const PATIENCE_MS = 10_000
/** A transcoder that was cut off when its session moved away hears nothing of it, and waits 70 s for more. */
const SESSION_PATIENCE_MS = 85_000
const LOOK_MS = 200

interface Status {
  readonly sections: Readonly<Record<string, { readonly registries?: Readonly<Record<string, number>> } | null>>
}

/** What is remembered on purpose, and how much of it at most; everything else is empty when all streams have ended. */
const KEPT: Readonly<Record<string, number>> = { fingerprints: 2048, ledger: 500, suspensions: 1000 }

/** What registries of these nodes still hold when all streams have ended: `orchestrator-0 tasks 3`. */
export async function leftInRegistries(nodes: readonly Supervised[]): Promise<string[]> {
  const left = async () => (await Promise.all(nodes.map(registriesOf))).flat()
  return until(left, SESSION_PATIENCE_MS)
}

async function registriesOf(node: Supervised): Promise<string[]> {
  // One that was stopped before the others keeps nothing.
  if (node.pid === undefined) return []
  const response = await fetch(new URL('/status', node.url('control')))
  const { sections } = (await response.json()) as Status
  return Object.values(sections).flatMap((section) =>
    Object.entries(section?.registries ?? {}).flatMap(([name, size]) =>
      size > (KEPT[name] ?? 0) ? [`${node.name} ${name} ${size}`] : [],
    ),
  )
}

/** Processes of a run that live on after their node has been stopped. */
export function orphans(variable: string, value: string): Promise<number[]> {
  const left = () => Promise.resolve(processesWith(variable, value))
  return until(left, PATIENCE_MS)
}

/**
 * What logs say that no log should: lines that are no JSON (a stack on its way out of the process) and errors of kind `bug`.
 * Each file is read once and not kept.
 */
export async function badLines(nodes: readonly Supervised[]): Promise<string[]> {
  const bad: string[] = []
  for (const { name, logFile } of nodes) {
    for await (const line of createInterface({ input: createReadStream(logFile) })) {
      if (bad.length < 20 && isBad(line)) bad.push(`${name}: ${line.slice(0, 400)}`)
    }
  }
  return bad
}

function isBad(line: string): boolean {
  if (line.trim() === '') return false
  return !line.startsWith('{') || line.includes('"kind":"bug"')
}

/** What is left when nothing is any more, or patience ends. */
async function until<T>(left: () => Promise<T[]>, patienceMs: number): Promise<T[]> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const found = await left()
    if (found.length === 0 || performance.now() > deadline) return found
    await sleep(LOOK_MS)
  }
}
