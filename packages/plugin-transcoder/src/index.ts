import { join } from 'node:path'
import { generateClip } from '@livepeer-node/media'
import { DEFAULT_MAX_SESSIONS } from '@livepeer-node/protocol'
import { type BackendOffer, definePlugin, type LocalTranscoder, type PluginScope } from '@livepeer-node/sdk'
import { type Abilities, abilitiesOf } from './abilities.ts'
import { CALIBRATION_CLIP, calibrate } from './calibration.ts'
import { CalibrationCache } from './calibration-cache.ts'
import { attach } from './attached.ts'
import { capabilitiesOf, capacityOf } from './capabilities.ts'
import { nobodyToWorkFor } from './errors.ts'
import { processorTime } from './machine-load.ts'
import { transcoderMetrics } from './metrics.ts'
import { options, type TranscoderOptions } from './options.ts'
import { TranscodeService } from './service.ts'

type Scope = PluginScope<'transcode'>

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
    const abilities = abilitiesOf(service)
    askBackends(node, settings, abilities)
    node.on.lifecycle.metrics(() => transcoderMetrics(abilities))
    if (settings.maxSessions === 'auto' && settings.calibrate) measureFirst(node, abilities)
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

/** Before any door opens, and not where a node is only checked: work comes when it is known how much fits. */
function measureFirst(node: Scope, abilities: Abilities): void {
  const measure = async () => {
    const [offers, devices] = await Promise.all([node.run.transcode.offers(), node.run.transcode.devices()])
    const { clock, log, version, signal } = node
    const calibration = await calibrate({
      claim: (spec) => node.run.transcode.claim(spec),
      offers,
      devices,
      clip: () => generateClip(CALIBRATION_CLIP),
      processorTime,
      cache: () => new CalibrationCache(join(node.dataDir, 'calibration.json')),
      clock,
      log,
      version,
      signal,
    })
    const slots = capacityOf('auto', offers)
    abilities.service.capacity = Math.min(slots, calibration?.sessions ?? DEFAULT_MAX_SESSIONS)
    abilities.pixelsPerMs = calibration?.pixelsPerMs
  }
  node.on.lifecycle.ready(measure, { stage: 'first' })
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
  let asked = false
  node.on.transcode.local(() => {
    asked = true
    return local
  })
  const askedFor = () => {
    if (asked) return
    const { code, message, remedy } = nobodyToWorkFor()
    node.log.warn(message, { code, remedy })
  }
  // An orchestrator in this process has asked by now.
  node.on.lifecycle.ready(askedFor, { stage: 'fallback' })
  node.on.lifecycle.status(() => [
    {
      name: 'transcoder',
      data: { mode: 'local', ...abilities.status, registries: service.registries },
      // Between two segments nobody waits for it; what a session still expects, its orchestrator in this process knows.
      work: { sessions: service.sessions.filter(({ pending }) => pending > 0).length },
    },
  ])
}
