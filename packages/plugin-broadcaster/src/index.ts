import {
  type Candidate,
  definePlugin,
  type Logger,
  type PluginScope,
  type SecretRef,
  type Stream,
  toProblem,
} from '@livepeer-node/sdk'
import { offchainSigner, parseOrchestratorList, type Signer } from '@livepeer-node/protocol'
import { Broadcaster } from './broadcaster.ts'
import { Counts } from './counts.ts'
import { EndCalls } from './end-calls.ts'
import { noProber } from './errors.ts'
import { OrchestratorHttp } from './http.ts'
import { ladderOf } from './ladder.ts'
import { LiveStream } from './live-stream.ts'
import { type BroadcasterOptions, options } from './options.ts'
import { checkPlaybackId } from './playback-id.ts'
import { OrchestratorRpc } from './rpc.ts'
import { StreamKeys } from './stream-keys.ts'
import { StreamSessions, type StreamSessionsParts } from './stream-sessions.ts'
import { Upkeep } from './upkeep.ts'

type Node = PluginScope<'ingest' | 'segment' | 'session' | 'payment' | 'verify' | 'publish'>

/** Role: accepts streams, has them transcoded by orchestrators, hands the renditions to the publishers. */
export default definePlugin({
  name: '@livepeer-node/plugin-broadcaster',
  kernel: '^0.1.0',
  provides: ['broadcaster'],
  runs: ['ingest', 'segment', 'session', 'payment', 'verify', 'publish'],
  roles: ['broadcaster'],
  options,

  apply(node, settings) {
    const candidates = listed(settings.orchAddr)
    const ladder = ladderOf(settings.transcodingOptions)
    const transcodes = settings.maxAttempts > 0
    const { clock, log } = node
    const wire = openWire(node)
    const live = new Map<string, StreamSessions>()
    const upkeep = new Upkeep(clock)
    const counts = new Counts()
    const broadcaster = new Broadcaster({
      clock,
      upkeep,
      log,
      ladder,
      keys: new StreamKeys(resolved(node, settings.streamKeys), settings.requireStreamKey),
      maxSessions: settings.maxSessions,
      authorize: (request) => node.run.ingest.authorize(request),
      plan: async (planned, request) => (transcodes ? node.run.ingest.plan(planned, request) : []),
      makeStream: (stream) => makeStream({ node, settings, wire, live, upkeep, counts }, stream),
    })

    node.defer(() => broadcaster.abandon())

    node.on.ingest.publish((request) => broadcaster.publish(request))
    node.on.session.discover(() => candidates)
    node.on.session.select((views, job) => live.get(job.streamId)?.prefer(views), { stage: 'fallback' })
    node.on.lifecycle.preflight(() => {
      const missing = settings.localVerify && !node.run.segment.prober()
      return missing ? [toProblem(noProber())] : []
    })
    node.on.lifecycle.status(() => {
      const registries = { streams: live.size, ...registriesOf(live.values()), ...wire.ending.registries }
      const data = { ...broadcaster.status(), registries }
      return [{ name: 'broadcaster', data, work: { streams: data.streams.length } }]
    })
    node.on.lifecycle.metrics(() => {
      const { limit, streams } = broadcaster.status()
      return counts.metrics(streams.length, limit === 'auto' ? undefined : limit)
    })
    node.on.lifecycle.draining(async (deadline) => {
      await broadcaster.drain(deadline)
      await wire.ending.idle()
    })
  },
})

interface Wire {
  /** Who this broadcaster is. */
  readonly signer: () => Signer
  readonly rpc: OrchestratorRpc
  readonly http: OrchestratorHttp
  readonly ending: EndCalls
}

function openWire(node: Node): Wire {
  const { clock, log } = node
  const signer = () => node.run.payment.identity() ?? offchainSigner
  const rpc = new OrchestratorRpc(clock, signer)
  const http = new OrchestratorHttp(clock)
  node.defer(() => rpc.close())
  node.defer(() => http.close())
  return { signer, rpc, http, ending: new EndCalls(rpc, log) }
}

interface Making {
  readonly node: Node
  readonly settings: BroadcasterOptions
  readonly wire: Wire
  /** By stream id, for the default selection strategy. */
  readonly live: Map<string, StreamSessions>
  readonly upkeep: Upkeep
  readonly counts: Counts
}

function makeStream({ node, settings, wire, live, upkeep, counts }: Making, stream: Stream): LiveStream {
  const { run, clock } = node
  const log = node.log.child({ streamId: stream.id })
  const sessions = new StreamSessions(stream, sessionParts({ node, settings, wire, log }))
  live.set(stream.id, sessions)
  counts.opened()
  return new LiveStream(stream, {
    clock,
    log,
    maxInFlight: settings.maxSegmentsInFlight,
    received: (segment) => run.segment.received(segment),
    transcode: (segment, signal) => sessions.transcode(segment, signal),
    reported: (report) => {
      upkeep.reported(report)
      counts.reported(report)
      run.segment.reported(report)
    },
    openSegmenter: (of, sink) => run.segment.open(of, sink),
    openPublishers: (of) => run.publish.open(of),
    opened: (of) => run.ingest.opened(of),
    closed: (of, reason) => run.ingest.closed(of, reason),
    openSessions: () => sessions.open(),
    closeSessions: () => {
      sessions.close()
      if (live.delete(stream.id)) counts.closed()
    },
    sessions: () => sessions.views(),
  })
}

function sessionParts({
  node,
  settings,
  wire,
  log,
}: Pick<Making, 'node' | 'settings' | 'wire'> & { log: Logger }): StreamSessionsParts {
  const { run, clock } = node
  return {
    clock,
    log,
    signer: wire.signer,
    rpc: wire.rpc,
    http: wire.http,
    hooks: {
      candidates: async (job) => run.session.shortlist(await run.session.discover(job), job),
      select: (views, job) => run.session.select(views, job),
      ended: (session, outcome) => void run.session.ended(session, outcome),
      reject: (request) => run.verify.reject(request),
      payer: (request) => run.payment.payer(request),
    },
    measure: settings.localVerify ? (bytes) => prober(node).measure(bytes) : undefined,
    endSession: (session) => wire.ending.begin(session),
    weights: {
      stake: settings.selectStakeWeight,
      price: settings.selectPriceWeight,
      random: settings.selectRandFreq,
      priceFactor: settings.selectPriceExpFactor,
    },
    maxAttempts: settings.maxAttempts,
    discoveryTimeoutMs: settings.discoveryTimeout,
    minVersion: settings.orchMinLivepeerVersion,
  }
}

/** Of all streams together. */
function registriesOf(live: Iterable<StreamSessions>): Record<string, number> {
  const total = { sessions: 0, leaving: 0, suspensions: 0 }
  for (const { registries } of live) {
    total.sessions += registries.sessions
    total.leaving += registries.leaving
    total.suspensions += registries.suspensions
  }
  return total
}

function prober(node: Node) {
  const found = node.run.segment.prober()
  if (!found) throw noProber()
  return found
}

function listed(orchAddr: BroadcasterOptions['orchAddr']): Candidate[] {
  const text = Array.isArray(orchAddr) ? orchAddr.join(',') : orchAddr
  if (text.trim() === '') return []
  return parseOrchestratorList(text).map(({ uri }) => ({ uri, trusted: true, origin: 'list' }))
}

function resolved(node: Node, keys: Readonly<Record<string, SecretRef>>): Record<string, string> {
  return Object.fromEntries(Object.entries(keys).map(([id, ref]) => [checkPlaybackId(id), node.secret(ref)]))
}
