import type { WorkerReport } from '@livepeer-node/sdk'
import { FakeClock, pluginFor } from '@livepeer-node/test-kit'
import { onTestFinished } from 'vitest'
import { type Started, startOrchestrator, statusOf } from './node.ts'

/** An orchestrator that waits for transcoders, with its time and what was reported of them. */
export interface Fleet extends Started {
  readonly clock: FakeClock
  readonly reports: WorkerReport[]
}

export async function aFleet(options: Parameters<typeof startOrchestrator>[0] = {}): Promise<Fleet> {
  const clock = new FakeClock()
  const reports: WorkerReport[] = []
  const witness = pluginFor('witness', (node) => node.on.worker.reported((report) => reports.push(report)))
  const started = await startOrchestrator(options, { plugins: [witness], clock })
  onTestFinished(() => started.node.stop())
  return { ...started, clock, reports }
}

/** What became of each attempt: `used`, or a code. */
export const outcomesOf = ({ reports }: Fleet): string[] => reports.map(({ code }) => code ?? 'used')

export async function registriesOf(fleet: Fleet): Promise<Readonly<Record<string, number>>> {
  const { registries } = (await statusOf(fleet)) as unknown as { registries: Record<string, number> }
  return registries
}

/** As the operator drains a transcoder. */
export async function drain({ node }: Started, id: string): Promise<void> {
  const routes = await node.run.http.routes('control')
  const route = routes.find(({ path, method }) => method === 'POST' && path === '/transcoders/:id/drain')
  await route?.handle({ params: { id } } as never)
}
