import type { Clock, LocalTranscoder, Plugin } from '@livepeer-node/sdk'
import { createTestNodeWith, pluginFor, type TestNode } from '@livepeer-node/test-kit'
import { vi } from 'vitest'
import orchestrator from '../../src/index.ts'
import { SECRET } from './transcoder.ts'

export interface Started {
  readonly node: TestNode
  readonly uri: string
}

type Options = Parameters<typeof orchestrator>[0]

/** A running orchestrator on a free port, which takes ten sessions whoever is attached. */
export async function startOrchestrator(
  options: Options = {},
  { plugins = [], clock, dataDir }: { plugins?: readonly Plugin[]; clock?: Clock; dataDir?: string } = {},
): Promise<Started> {
  // What transcoders of tests deliver is no media.
  const own = orchestrator({
    serviceAddr: '127.0.0.1:0',
    orchSecret: SECRET,
    maxSessions: 10,
    checkResults: 0,
    ...options,
  })
  const given = { ...(clock && { clock }), ...(dataDir !== undefined && { dataDir }) }
  const node = await createTestNodeWith({ plugins: [...plugins, own], version: '1.2.3', ...given })
  const endpoint = (await node.endpoints()).find(({ name }) => name === 'orchestrator')
  return { node, uri: endpoint?.url ?? '' }
}

/** A transcoder in the same process. */
export function localPlugin(transcoder: LocalTranscoder): Plugin {
  return pluginFor('local-transcoder', (node) => node.on.transcode.local(() => transcoder))
}

interface Status {
  readonly sessions: readonly { id: string; streamId: string; pending: number }[]
  readonly maxSessions: number
  readonly transcoders: readonly { name: string; load: number; capacity: number; late: boolean }[]
  readonly suspensions: readonly { name: string; code: string; until: number }[]
}

export async function statusOf({ node }: Started): Promise<Status> {
  const sections = await node.run.lifecycle.status()
  return sections.find(({ name }) => name === 'orchestrator')?.data as Status
}

/** Resolves when so many transcoders are attached. */
export async function whenAttached(started: Started, count: number): Promise<void> {
  await vi.waitFor(async () => {
    const { transcoders } = await statusOf(started)
    if (transcoders.length !== count) throw new Error(`${transcoders.length} attached`)
  })
}

/** The codes of the errors that were logged, in order. */
export function loggedCodes({ node }: Started): string[] {
  return node.lines.flatMap(({ fields }) => (fields['error'] as { code?: string } | undefined)?.code ?? [])
}
