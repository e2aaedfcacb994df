import { nodeCapabilities, parseOrchestratorList } from '@livepeer-node/protocol'
import { type BackendOffer, definePlugin, type LocalTranscoder, type PluginScope } from '@livepeer-node/sdk'
import { capabilitiesOf, capacityOf } from './capabilities.ts'
import { secretMissing, stopping } from './errors.ts'
import { TranscoderHttp } from './http.ts'
import { Jobs } from './jobs.ts'
import { OrchestratorLink } from './link.ts'
import { options, type TranscoderOptions } from './options.ts'
import { TranscodeService } from './service.ts'

type Scope = PluginScope<'transcode'>

/** What is known of the backends once they were asked. */
interface Abilities {
  readonly service: TranscodeService
  capabilities: readonly number[]
}

/** Transcodes for the orchestrator in the same process, or for one elsewhere. */
export default definePlugin({
  name: '@livepeer-node/plugin-transcoder',
  kernel: '^0.1.0',
  provides: ['transcoder'],
  runs: ['transcode'],
  roles: ['transcoder'],
  options,
  apply(node, settings) {
    const service = new TranscodeService({
      claim: (spec) => node.run.transcode.claim(spec),
      clock: node.clock,
      log: node.log,
      capacity: capacityOf(settings.maxSessions, []),
    })
    node.defer(() => service.close())
    const abilities: Abilities = { service, capabilities: [] }
    askBackends(node, settings, abilities)
    if (settings.orchAddr?.trim()) attach(node, { ...settings, orchAddr: settings.orchAddr }, abilities)
    else serveLocally(node, abilities)
  },
})

/** Backends are asked in preflight, so that all else knows capacity and capabilities when the node is ready. */
function askBackends(node: Scope, settings: TranscoderOptions, abilities: Abilities): void {
  node.on.lifecycle.preflight(async () => {
    const offers: readonly BackendOffer[] = await node.run.transcode.offers()
    abilities.capabilities = capabilitiesOf(offers)
    abilities.service.capacity = capacityOf(settings.maxSessions, offers)
    if (offers.some((offer) => offer.slots > 0)) return []
    return [
      {
        code: 'LP_NO_BACKEND',
        message: 'No plugin of this node can transcode.',
        remedy: 'Add a backend to the config: plugin-cpu-x264 runs everywhere, plugin-nvenc on NVIDIA cards.',
      },
    ]
  })
}

/** Combined: the orchestrator of this process asks for `transcode.local`. */
function serveLocally(node: Scope, abilities: Abilities): void {
  const { service } = abilities
  const local: LocalTranscoder = {
    get capacity() {
      return service.capacity
    },
    get capabilities() {
      return abilities.capabilities
    },
    transcode: (job, signal) => service.transcode(job, signal),
    endSession: (sessionId) => service.endSession(sessionId),
  }
  node.on.transcode.local(() => local)
  node.on.lifecycle.status(() => [
    { name: 'transcoder', data: { mode: 'local', capacity: service.capacity, sessions: service.sessions } },
  ])
}

/** Attached: jobs come over the wire from the first orchestrator of the list (wire.md §2.6). */
function attach(node: Scope, settings: TranscoderOptions & { orchAddr: string }, abilities: Abilities): void {
  const { service } = abilities
  const address = parseOrchestratorList(settings.orchAddr)[0]
  if (settings.orchSecret === undefined || !address) throw secretMissing()
  const secret = node.secret(settings.orchSecret)
  // The orchestrator's port is a TLS one for transcoders, whatever the scheme says (wire.md §2.1).
  const orchestrator = `https://${address.authority}`
  const stop = new AbortController()
  const capabilities = () => nodeCapabilities({ capabilities: abilities.capabilities, version: node.version })
  const http = new TranscoderHttp({ orchestrator, secret, clock: node.clock })
  const { clock, log, version } = node
  const jobs = new Jobs({ service, http, clock, log, version, capabilities, signal: stop.signal })
  const link = new OrchestratorLink({
    orchestrator,
    registration: () => ({ secret, capacity: BigInt(service.capacity), capabilities: capabilities() }),
    onMessage: (message) => jobs.take(message),
    clock,
    log,
  })
  node.on.lifecycle.ready(() => link.start())
  // Leaves between two segments where it can: an orchestrator may write off what a transcoder that left had in hand.
  node.on.lifecycle.draining(async () => {
    await jobs.settled()
    await link.leave()
    await jobs.settled()
  })
  node.on.lifecycle.status(() => [
    {
      name: 'transcoder',
      data: {
        mode: 'attached',
        orchestrator,
        state: link.state,
        capacity: service.capacity,
        sessions: service.sessions,
        jobs: jobs.counts,
      },
    },
  ])
  node.defer(async () => {
    stop.abort(stopping())
    await link.leave()
    await jobs.settled()
    await http.close()
  })
}
