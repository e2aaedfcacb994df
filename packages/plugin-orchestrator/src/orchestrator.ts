import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import {
  Orchestrator as OrchestratorRpc,
  PAYMENT_PATH,
  RESULTS_PATH,
  SEGMENT_PATH,
  STREAM_PATH,
  Transcoder,
  TRANSCODER_DRAIN_PATH,
} from '@livepeer-node/protocol'
import type { Clock, LocalTranscoder, Logger, Metric, WorkerReport } from '@livepeer-node/sdk'
import { whyNotMore } from './capacity-limit.ts'
import { unexpectedFailure } from './errors.ts'
import { Bodies } from './http/bodies.ts'
import { YoungGarbage, youngCollector } from './http/young-garbage.ts'
import { answerText, type HttpRequest, type HttpResponse, refuse } from './http/answer.ts'
import type { Handlers } from './http/server.ts'
import { InfoDesk } from './info.ts'
import { orchestratorMetrics } from './metrics.ts'
import type { Settlement } from './payment/settlement.ts'
import { orchestratorService } from './rpc/orchestrator-service.ts'
import { type GrpcHandler, grpcHandler } from './rpc/rpc.ts'
import { transcoderService } from './rpc/transcoder-service.ts'
import { SourceFetcher } from './segment/fetch-source.ts'
import { SegmentHandler } from './segment/segment-handler.ts'
import { Sessions } from './session/sessions.ts'
import { MemoryStore } from './store/memory-store.ts'
import { serveStored } from './store/stream-handler.ts'
import type { Attached } from './transcoders/attached.ts'
import type { Credentials } from './transcoders/credentials.ts'
import { DrainHandler } from './transcoders/drain-handler.ts'
import { Conduct } from './transcoders/conduct.ts'
import { Hedging } from './transcoders/hedging.ts'
import { Ledger } from './transcoders/ledger.ts'
import { LocalWorkforce } from './transcoders/local.ts'
import { Placement, type PlacementInit } from './transcoders/placement.ts'
import { TranscoderPool } from './transcoders/pool.ts'
import { RemoteWorkforce } from './transcoders/remote.ts'
import { type Examiner, ResultChecks } from './transcoders/result-checks.ts'
import { ResultsHandler } from './transcoders/results-handler.ts'
import { SessionDesk } from './transcoders/session-desk.ts'
import { type TranscoderStatus, transcoderStatus } from './transcoders/status.ts'
import { Suspensions } from './transcoders/suspensions.ts'
import { Tasks } from './transcoders/tasks.ts'
import type { Workforce } from './transcoders/workforce.ts'

export interface OrchestratorInit {
  /** `https://host:port`. */
  readonly uri: string
  readonly version: string
  readonly clock: Clock
  readonly log: Logger
  /** `auto`: as many as the transcoders take. */
  readonly maxSessions: number | 'auto'
  /** Share of the results that are looked into. */
  readonly checkResults: number
  readonly examiner: Examiner
  /** With which transcoders attach. */
  readonly credentials: Credentials
  /** The transcoder in this process; absent: others attach. */
  readonly local: LocalTranscoder | undefined
  /** Runs `worker.dispatch`. */
  readonly dispatch: PlacementInit['dispatch']
  /** Money and signatures. */
  readonly settlement: Settlement
  /** Behind the tokens of sessions. */
  readonly tokenSecret: Uint8Array
  /** Runs `worker.reported`. */
  readonly reported: (report: WorkerReport) => void
  /** Aborts when the node stops. */
  readonly signal: AbortSignal
}

type Route = (request: HttpRequest, response: HttpResponse) => void | Promise<void>

/** An orchestrator behind its port: puts the parts together and sends each request to its own. */
export class Orchestrator implements Handlers {
  readonly #init: OrchestratorInit
  readonly #store: MemoryStore
  readonly #sessions: Sessions
  readonly #workforce: Workforce
  readonly #fetcher: SourceFetcher
  readonly #routes: ReadonlyMap<string, Route>
  readonly #grpc: GrpcHandler
  readonly #ledger = new Ledger()
  readonly #suspensions: Suspensions
  readonly #checks: ResultChecks
  readonly #pool: TranscoderPool

  constructor(init: OrchestratorInit) {
    const { uri, clock, log, version } = init
    this.#init = init
    // A transcoder in this process may have a segment in hand after it was given up.
    const bodies = init.local
      ? new Bodies({ givesBack: false })
      : new Bodies({ givesBack: true, pieces: new YoungGarbage(youngCollector()) })
    this.#store = new MemoryStore({ bodies })
    this.#fetcher = new SourceFetcher(clock)
    const tasks = new Tasks()
    const { credentials } = init
    const suspensions = new Suspensions({ clock, log })
    this.#suspensions = suspensions
    const isSuspended = (one: Attached) => suspensions.until(one) !== undefined
    const pool = new TranscoderPool({ version, clock, log, isSuspended })
    const checks = new ResultChecks({
      examiner: init.examiner,
      suspensions,
      clock,
      log,
      keep: (bytes) => bodies.keep(bytes),
      share: init.checkResults,
    })
    this.#checks = checks
    this.#pool = pool
    credentials.onRevoked((token) => pool.detachCredential(token, 'its token was revoked'))
    const report = (one: WorkerReport) => {
      this.#ledger.add(one)
      init.reported(one)
    }
    const desk = new SessionDesk(pool)
    const workforce = init.local
      ? new LocalWorkforce(init.local, { version, clock, log, report })
      : new RemoteWorkforce({
          pool,
          tasks,
          sessions: desk,
          placement: new Placement({ dispatch: init.dispatch, log }),
          hedging: new Hedging({ clock, burst: () => desk.size }),
          conduct: new Conduct({
            check: (job, renditions, from) => checks.check(job, renditions, from),
            strike: (transcoder, error) => suspensions.strike(transcoder, error),
            report,
          }),
          store: this.#store,
          statusOf: (one) => this.#statusOf(one),
          uri,
          clock,
          log,
        })
    this.#workforce = workforce
    this.#sessions = new Sessions({
      clock,
      log,
      limit: () => (init.maxSessions === 'auto' ? workforce.capacity : init.maxSessions),
      whyNotMore: () => whyNotMore(init.maxSessions, workforce),
      onOpen: (id) => {
        this.#store.openSession(id)
        if (!init.local) checks.openSession(id)
      },
      onEnd: (id) => {
        this.#store.dropSession(id)
        checks.endSession(id)
        workforce.endSession(id)
        init.settlement.endSession(id)
      },
    })
    const { settlement, tokenSecret } = init
    const info = new InfoDesk({ uri, clock, workforce, address: settlement.address, tokenSecret })
    const shared = { info, settlement, sessions: this.#sessions, bodies, clock, log }
    const segments = new SegmentHandler({ ...init, ...shared, store: this.#store, workforce, fetcher: this.#fetcher })
    const results = new ResultsHandler({ tasks, pool, credentials, suspensions, bodies, clock, log })
    const drains = new DrainHandler({ pool, credentials, log })
    this.#routes = new Map<string, Route>([
      [SEGMENT_PATH, (request, response) => segments.segment(request, response)],
      [PAYMENT_PATH, (request, response) => segments.payment(request, response)],
      ['/healthz', (_request, response) => answerText(response, 200, 'OK')],
    ])
    if (!init.local) {
      this.#routes = new Map<string, Route>([
        ...this.#routes,
        [RESULTS_PATH, (request, response) => results.serve(request, response)],
        [TRANSCODER_DRAIN_PATH, (request, response) => drains.serve(request, response)],
      ])
    }
    this.#grpc = grpcHandler((router) => {
      router.service(OrchestratorRpc, orchestratorService(shared))
      const attach = { pool, credentials, version, clock, log, closing: () => this.#sessions.phase === 'closing' }
      if (!init.local) router.service(Transcoder, transcoderService(attach))
    })
  }

  grpc(request: Http2ServerRequest, response: Http2ServerResponse): void {
    this.#grpc(request, response)
  }

  http(request: HttpRequest, response: HttpResponse): void {
    const path = request.url?.split('?', 1)[0] ?? ''
    // A peer that goes away mid-answer is no event; who waits for the body hears of it.
    response.on('error', () => undefined)
    const fail = (cause: unknown) => {
      this.#init.log.error('request failed', { path, error: unexpectedFailure(cause) })
      refuse(request, response, { status: 500, text: 'Internal Server Error' })
    }
    try {
      const route = this.#routes.get(path)
      if (route) Promise.resolve(route(request, response)).catch(fail)
      else if (path.startsWith(STREAM_PATH)) serveStored(this.#store, request, response)
      else refuse(request, response, { status: 404, text: '404 page not found' })
    } catch (cause) {
      fail(cause)
    }
  }

  /** No new session from now on; resolves when those that live have ended or moved. */
  drain(deadline: AbortSignal, graceMs: number): Promise<void> {
    return this.#sessions.drain({ deadline, graceMs, hasUnread: (id) => this.#store.hasUnread(id) })
  }

  /** What a drain waits for. */
  get work(): Readonly<Record<string, number>> {
    return { sessions: this.#sessions.staying }
  }

  /** Those that are attached; a transcoder in this process is none of them. */
  list(): readonly TranscoderStatus[] {
    return this.#pool.all.map((one) => this.#statusOf(one))
  }

  /** Moves the sessions of one transcoder to others. */
  drainTranscoder(idOrName: string): TranscoderStatus | undefined {
    const named = this.#pool.all.filter(({ name }) => name === idOrName)
    const found = this.#pool.find(idOrName) ?? (named.length === 1 ? named[0] : undefined)
    if (found) this.#pool.drain(found)
    return found && this.#statusOf(found)
  }

  status(): unknown {
    return {
      serviceUri: this.#init.uri,
      draining: this.#sessions.phase !== 'open',
      sessions: this.#sessions.list().map(({ id, streamId, pending }) => ({ id, streamId, pending })),
      maxSessions: this.#sessions.limit,
      transcoders: this.#workforce.status(),
      suspensions: this.#suspensions.list(),
      registries: this.#registries,
    }
  }

  metrics(): readonly Metric[] {
    return orchestratorMetrics({
      sessions: this.#sessions.count,
      maxSessions: this.#sessions.limit,
      transcoders: this.list(),
      ledger: this.#ledger.all(),
      placements: this.#workforce.placements,
      registries: this.#registries,
    })
  }

  async close(): Promise<void> {
    this.#sessions.endAll()
    this.#workforce.close()
    await this.#fetcher.close()
  }

  /** None of these may grow for ever. */
  get #registries(): Readonly<Record<string, number>> {
    const { sessions: checkedSessions, fingerprints } = this.#checks.sizes
    return {
      sessions: this.#sessions.count,
      ...this.#workforce.registries,
      storedFiles: this.#store.files,
      storedBytes: this.#store.bytes,
      suspensions: this.#suspensions.size,
      checkedSessions,
      fingerprints,
      ledger: this.#ledger.size,
    }
  }

  #statusOf(one: Attached): TranscoderStatus {
    return transcoderStatus(one, this.#ledger.of(one.name), this.#suspensions.until(one))
  }
}
