import { createNode, type LoadedConfig, pinoLogger } from '@livepeer-node/core'
import { type CapacityResult, type MeasuredSegment, measureCapacity } from '@livepeer-node/media'
import {
  isLivepeerError,
  type Ladder,
  systemClock,
  type TranscodeSession,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { noBackendLeft, noBackends } from './errors.ts'
import { treeUsage } from './process-tree.ts'
import type { BenchStep } from './report.ts'
import type { Source } from './source.ts'

/** Backends that may say "full after all" for one session. */
const CLAIMS = 5

export interface BenchRequest {
  /** Its backends are measured, whatever else it lists. */
  readonly config: LoadedConfig
  readonly version: string
  readonly source: Source
  readonly ladder: Ladder
  /** Highest ratio that is good. */
  readonly ratio: number
  readonly maxSessions: number
  /** Exactly this many instead of a search. */
  readonly sessions: number | undefined
  /** Segments of each session in a step. */
  readonly segments: number
  readonly signal: AbortSignal
  readonly onSegment: (segment: MeasuredSegment, sessions: number) => void
  readonly onStep: (step: BenchStep) => void
}

/** Runs a node of backends alone and measures it. The node is stopped however it ends. */
export async function runBench(request: BenchRequest): Promise<CapacityResult> {
  const { config, version, source, ladder, ratio, maxSessions, sessions, segments, signal } = request
  const plugins = config.plugins.filter(({ definition }) => definition.provides?.includes('transcode-backend'))
  if (plugins.length === 0) throw noBackends()
  const log = pinoLogger({ level: config.settings.logLevel, pretty: process.stderr.isTTY, destination: process.stderr })
  await using node = createNode({ plugins, dataDir: config.settings.dataDir, version, log })
  await node.start()
  const slots = (await node.run.transcode.offers()).reduce((sum, offer) => sum + offer.slots, 0)
  if (slots === 0) throw noBackends()
  const gauge = new Gauge()
  return await measureCapacity({
    open: (spec, by) => open(node.run.transcode.claim, spec, by),
    segments: source.segments,
    ladder,
    clock: systemClock,
    signal,
    maxSessions: Math.min(slots, maxSessions),
    ...(sessions !== undefined && { sessions }),
    ratio,
    rounds: () => segments,
    onStepStart: (count) => gauge.start(count),
    onSegment: (segment) => request.onSegment(segment, gauge.sessions),
    onStep: (step) => request.onStep({ ...step, ...gauge.read() }),
  })
}

type Claim = (
  spec: TranscodeSpec,
) => { open(spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> } | undefined

async function open(claim: Claim, spec: TranscodeSpec, signal: AbortSignal): Promise<TranscodeSession> {
  for (let attempt = 1; ; attempt += 1) {
    const backend = claim(spec)
    if (!backend) throw noBackendLeft()
    try {
      return await backend.open(spec, signal)
    } catch (error) {
      if (signal.aborted || !isLivepeerError(error) || error.kind !== 'limit' || attempt === CLAIMS) throw error
    }
  }
}

/** CPU of the process tree over a step, memory at its end. */
class Gauge {
  sessions = 0
  #usage = treeUsage()
  #at = performance.now()

  start(sessions: number): void {
    this.sessions = sessions
    this.#usage = treeUsage()
    this.#at = performance.now()
  }

  read(): Pick<BenchStep, 'cpuPercent' | 'rssBytes'> {
    const now = treeUsage()
    if (!now || !this.#usage) return { cpuPercent: undefined, rssBytes: undefined }
    const wallMs = performance.now() - this.#at
    return { cpuPercent: ((now.cpuMs - this.#usage.cpuMs) / wallMs) * 100, rssBytes: now.rssBytes }
  }
}
