import {
  type Capabilities,
  incompatibility,
  jobCapabilities,
  jobCapabilitiesMessage,
  keccak256,
  encodeMessage,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  SESSION_REFRESH_MS,
  type Signer,
} from '@livepeer-node/protocol'
import {
  type Candidate,
  type Clock,
  type JobSpec,
  type Logger,
  type Payer,
  type PayerRequest,
  type Rejection,
  type Segment,
  type SessionOutcome,
  type SessionView,
  type Stream,
  toLivepeerError,
  type VerifyRequest,
} from '@livepeer-node/sdk'
import { attempt, type SegmentWork } from './attempt.ts'
import { Buying } from './buying.ts'
import { type DiscoveryParts, discover } from './discovery.ts'
import { draw, type DrawWeights } from './draw.ts'
import type { OrchestratorHttp } from './http.ts'
import type { OrchestratorRpc } from './rpc.ts'
import { isUsable, type OrchestratorSession, type SessionInfo } from './session.ts'
import { SessionPool } from './session-pool.ts'
import type { PooledSession } from './session-roster.ts'
import { type TranscodeOutcome, transcode } from './transcode.ts'
import { type VerifyParts, verify } from './verify.ts'
import { unfit } from './wire-errors.ts'

/** The hooks that a stream asks about its orchestrators. */
export interface SessionHooks {
  readonly candidates: (job: JobSpec) => Promise<readonly Candidate[]>
  readonly select: (sessions: readonly SessionView[], job: JobSpec) => Promise<SessionView | undefined>
  readonly ended: (session: SessionView, outcome: SessionOutcome) => void
  readonly reject: (request: VerifyRequest) => Promise<Rejection | undefined>
  /** `payment.payer`: `undefined` means that the work is free. */
  readonly payer: (request: PayerRequest) => Payer | undefined
}

export interface StreamSessionsParts {
  readonly clock: Clock
  readonly log: Logger
  /** Who the broadcaster is. */
  readonly signer: () => Signer
  readonly rpc: OrchestratorRpc
  readonly http: OrchestratorHttp
  readonly hooks: SessionHooks
  readonly measure: VerifyParts['measure']
  /** The call runs on after the stream's end; whoever stops the node waits for it. */
  readonly endSession: (session: OrchestratorSession) => void
  readonly weights: DrawWeights
  readonly maxAttempts: number
  readonly discoveryTimeoutMs: number
  readonly minVersion: string
}

/** One stream's dealings with orchestrators: what it needs, who can do it, and each segment's way there and back. */
export class StreamSessions {
  readonly #parts: StreamSessionsParts
  readonly #stream: Stream
  readonly #over = new AbortController()
  readonly #refusals = new Map<string, string>()
  readonly #buying: Buying
  readonly #pool: SessionPool
  #job: JobSpec
  #capabilities: Capabilities

  constructor(stream: Stream, parts: StreamSessionsParts) {
    this.#parts = parts
    this.#stream = stream
    // RTMP brings H.264; the first segment tells whether it is an unusual kind.
    const capabilities = jobCapabilities({ input: { codec: 'h264', pixelFormat: '' }, ladder: stream.ladder })
    this.#job = { streamId: stream.id, ladder: stream.ladder, capabilities }
    this.#capabilities = jobCapabilitiesMessage(capabilities, parts.minVersion)
    this.#buying = new Buying(parts.clock, parts.log)
    this.#pool = this.#makePool()
  }

  open(): void {
    if (this.#stream.ladder.length > 0) this.#pool.open()
  }

  close(): void {
    this.#pool.close()
    this.#over.abort()
  }

  /** How much is remembered. */
  get registries(): SessionPool['registries'] {
    return this.#pool.registries
  }

  views(): PooledSession[] {
    return this.#pool.views()
  }

  /** The default strategy. */
  prefer(views: readonly SessionView[]): SessionView | undefined {
    return this.#pool.prefer(views)
  }

  async transcode(segment: Segment, signal: AbortSignal): Promise<TranscodeOutcome> {
    const { clock, signer, http, maxAttempts, measure, hooks } = this.#parts
    this.#learn(segment)
    const check = verify.bind(undefined, { measure, reject: hooks.reject })
    const pool = this.#pool
    const hash = keccak256(segment.bytes)
    const work = { segment, hash, ladder: this.#stream.ladder, capabilities: this.#capabilities, signal }
    const draining = (session: OrchestratorSession) => pool.drains(session)
    const parts = { clock, signer: signer(), http, check, draining }
    const send = (session: OrchestratorSession, job: SegmentWork) => attempt(parts, session, job)
    const outcome = await transcode({ clock, pool, maxAttempts, attempt: send }, work)
    if (outcome.ok) this.#buying.succeeded()
    else this.#buying.failed(outcome.error)
    return outcome
  }

  /** A picture that not every orchestrator can decode (4:2:2, ten bits) needs other sessions than were searched for. */
  #learn({ probe }: Segment): void {
    const { codec = 'h264', pixelFormat = '' } = probe.video ?? {}
    const capabilities = jobCapabilities({ input: { codec, pixelFormat }, ladder: this.#stream.ladder })
    if (capabilities === this.#job.capabilities) return
    this.#parts.log.info('stream needs other capabilities', { codec, pixelFormat })
    this.#job = { ...this.#job, capabilities }
    this.#capabilities = jobCapabilitiesMessage(capabilities, this.#parts.minVersion)
    this.#pool.dropWhere((session) => this.#misfit(session.info))
  }

  #makePool(): SessionPool {
    const { clock, log, hooks } = this.#parts
    return new SessionPool({
      clock,
      log,
      signal: this.#over.signal,
      discover: (found) => this.#discover(found),
      select: (views) => hooks.select(views, this.#job),
      draw: (untried) => preferred(untried, this.#parts.weights),
      renew: (session) => this.#renew(session),
      unpayable: () => this.#buying.stopped(),
      warm: ({ orchestrator }) => void this.#warm(orchestrator),
      ended: (session, outcome) => {
        this.#parts.endSession(session)
        session.payer?.close()
        hooks.ended(session.view(), outcome)
      },
    })
  }

  async #discover(found: (session: OrchestratorSession) => void): Promise<number> {
    const { clock, log, rpc, hooks, discoveryTimeoutMs: timeoutMs } = this.#parts
    try {
      const candidates = unique(await hooks.candidates(this.#job))
      if (this.#buying.stopped()) return candidates.length
      const misfit = (info: OrchestratorInfo) => this.#misfit(info)
      const parts: DiscoveryParts = {
        clock,
        log,
        timeoutMs,
        misfit,
        payer: (info) => this.#payer(info),
        unpayable: (error) => this.#buying.failed(error),
        refusals: this.#refusals,
        ask: rpc.getOrchestrator.bind(rpc),
      }
      await discover(parts, { candidates, capabilities: this.#capabilities, signal: this.#over.signal, found })
      return candidates.length
    } catch (thrown) {
      const { code, message } = toLivepeerError(thrown)
      log.error('discovery failed', { code, reason: message })
      return 0
    }
  }

  #payer(info: SessionInfo): Payer | undefined {
    const message = encodeMessage(OrchestratorInfoSchema, info)
    return this.#parts.hooks.payer({ streamId: this.#stream.id, orchestrator: info.transcoder, info: message })
  }

  /** From the URI it gave; its answer is a new session (wire.md §4.4). */
  async #renew(session: OrchestratorSession): Promise<SessionInfo> {
    const { orchestrator } = session
    const limits = { ms: SESSION_REFRESH_MS, signal: this.#over.signal }
    const info = await this.#parts.rpc.getOrchestrator(orchestrator, this.#capabilities, limits)
    if (!isUsable(info)) throw unfit(orchestrator, 'it gave no auth token or no service address')
    return info
  }

  #misfit(info: OrchestratorInfo): string | undefined {
    const found = incompatibility(this.#capabilities, info.capabilities)
    return found && `${found.rule}: ${found.detail}`
  }

  async #warm(orchestrator: string): Promise<void> {
    try {
      await this.#parts.http.warm(orchestrator, this.#over.signal)
    } catch (thrown) {
      const { message: reason } = toLivepeerError(thrown)
      this.#parts.log.debug('connection not made ahead', { orchestrator, reason })
    }
  }
}

/** On a chain, price and stake decide beside chance; without both it is who answered first. */
function preferred(untried: readonly SessionView[], weights: DrawWeights): SessionView | undefined {
  const isOnChain = untried.some(({ price, stake }) => price !== undefined || stake !== undefined)
  return isOnChain ? draw(untried, weights) : untried[0]
}

function unique(candidates: readonly Candidate[]): Candidate[] {
  return candidates.filter(({ uri }, i) => candidates.findIndex((other) => other.uri === uri) === i)
}
