import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { CARD_HEADER, nodeCapabilities, parseOrchestratorList } from '@livepeer-node/protocol'
import type { PluginScope } from '@livepeer-node/sdk'
import type { Abilities } from './abilities.ts'
import { cardHeader } from './card.ts'
import { secretMissing, stopping } from './errors.ts'
import { TranscoderHttp } from './http.ts'
import { Jobs } from './jobs.ts'
import { Leaving } from './leaving.ts'
import { OrchestratorLink, type Registration } from './link.ts'
import type { TranscoderOptions } from './options.ts'

type Scope = PluginScope<'transcode'>
type AttachedOptions = TranscoderOptions & { readonly orchAddr: string }

/** Attached: jobs come over the wire from the first orchestrator of the list (wire.md §2.6). */
export function attach(node: Scope, settings: AttachedOptions, abilities: Abilities): void {
  const { service } = abilities
  const address = parseOrchestratorList(settings.orchAddr)[0]
  if (settings.orchSecret === undefined || !address) throw secretMissing()
  const secret = node.secret(settings.orchSecret)
  // The orchestrator's port is a TLS one for transcoders, whatever the scheme says (wire.md §2.1).
  const orchestrator = `https://${address.authority}`
  const stop = new AbortController()
  const id = randomUUID()
  const name = settings.name ?? hostname()
  const { clock, log, version } = node
  const capabilities = () => nodeCapabilities({ capabilities: abilities.capabilities, version })
  const http = new TranscoderHttp({ orchestrator, secret, id, clock })
  const jobs = new Jobs({ service, http, clock, log, version, capabilities, signal: stop.signal })
  const registration = async (): Promise<Registration> => {
    const devices = await node.run.transcode.devices()
    const { pixelsPerMs } = abilities
    const card = { id, name, version, devices, ...(pixelsPerMs && { pixelsPerMs }) }
    return {
      request: { secret, capacity: BigInt(service.capacity), capabilities: capabilities() },
      headers: { [CARD_HEADER]: cardHeader(card) },
    }
  }
  const link = new OrchestratorLink({
    orchestrator,
    registration,
    onMessage: (message) => jobs.take(message),
    clock,
    log,
  })
  node.on.lifecycle.ready(() => link.start())
  const leaving = new Leaving({ link, jobs, http, service, log, clock })
  node.on.lifecycle.draining((deadline, graceMs) => leaving.drain(deadline, graceMs))
  node.on.lifecycle.status(() => [
    {
      name: 'transcoder',
      data: {
        mode: 'attached',
        id,
        name,
        orchestrator,
        state: link.state,
        ...abilities.status,
        jobs: jobs.counts,
        registries: { ...service.registries, jobs: jobs.counts.running },
      },
      work: { sessions: leaving.sessions, jobs: jobs.counts.running },
    },
  ])
  node.defer(async () => {
    stop.abort(stopping())
    await link.leave()
    await jobs.settled()
    await http.close()
  })
}
