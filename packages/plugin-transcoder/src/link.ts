import { ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node'
import { create } from '@bufbuild/protobuf'
import {
  GRPC_DIAL_MS,
  type NotifySegment,
  RegisterRequestSchema,
  type RegisterRequest,
  Transcoder,
  WireText,
} from '@livepeer-node/protocol'
import { type Clock, isLivepeerError, type LivepeerError, type Logger, within } from '@livepeer-node/sdk'
import { Backoff } from './backoff.ts'
import { detached, secretRefused, unreachable } from './errors.ts'

/** No acknowledgement ever comes (wire.md §10.1): a call that stands for this long was not refused, ms. */
const ACCEPTED_AFTER_MS = 1000
/** A connection that stood for this long was a good one, ms. */
const LIVED_MS = 10_000

/** A connection without a call is of no use. */
const IDLE_CLOSE_MS = 1000

export interface Registration {
  readonly request: Pick<RegisterRequest, 'secret' | 'capacity' | 'capabilities'>
  /** Beside the request, for those that read them. */
  readonly headers: Readonly<Record<string, string>>
}

export type LinkState = 'connecting' | 'attached' | 'waiting' | 'left'

export interface LinkInit {
  /** `https://host:port`. */
  readonly orchestrator: string
  /** What the orchestrator is told; asked again on each attempt. */
  readonly registration: () => Promise<Registration>
  readonly onMessage: (message: NotifySegment) => void
  readonly clock: Clock
  readonly log: Logger
  readonly random?: () => number
  /** HTTP/2 PINGs: how often, and how long one may stay unanswered, ms. */
  readonly pings?: { readonly everyMs: number; readonly patienceMs: number }
}

/**
 * A transcoder's standing call to its orchestrator, over which jobs come (wire.md §10.1). It is made again for ever: the
 * reference gives up for good on a wrong secret and on a cancelled call.
 */
export class OrchestratorLink {
  readonly #init: LinkInit
  readonly #backoff: Backoff
  readonly #stop = new AbortController()
  readonly #losses = new Set<() => void>()
  #state: LinkState = 'connecting'
  #run: Promise<void> | undefined

  constructor(init: LinkInit) {
    this.#init = init
    this.#backoff = new Backoff(init.random)
  }

  get state(): LinkState {
    return this.#state
  }

  start(): void {
    this.#run ??= this.#keepAttached()
  }

  /** Ends the call: the orchestrator takes this transcoder out of its pool. Does not come back. */
  async leave(): Promise<void> {
    this.#stop.abort()
    await this.#run
    this.#state = 'left'
  }

  /** Resolves when the call that stands now ends, whoever ends it; at once where none stands. */
  lost(): Promise<void> {
    if (this.#state !== 'attached') return Promise.resolve()
    return new Promise((resolve) => this.#losses.add(resolve))
  }

  async #keepAttached(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      const wait = await this.#attachOnce()
      if (signal.aborted) return
      this.#state = 'waiting'
      await this.#init.clock.sleep(wait, signal).catch(() => undefined)
    }
  }

  /** One call, from its connection to its end. Returns how long to wait before the next, ms. */
  async #attachOnce(): Promise<number> {
    const { orchestrator, clock, log } = this.#init
    this.#state = 'connecting'
    const connection = this.#connection()
    let standsSince: number | undefined
    try {
      await this.#connect(connection)
      standsSince = clock.monotonic()
      await this.#listen(connection)
      throw detached(orchestrator, new Error('the call ended'))
    } catch (thrown) {
      if (this.#stop.signal.aborted) return 0
      const lived = standsSince !== undefined && clock.monotonic() - standsSince >= LIVED_MS
      if (lived) this.#backoff.reset()
      return this.#afterFailure(thrown, standsSince !== undefined, log)
    } finally {
      for (const tell of this.#losses) tell()
      this.#losses.clear()
      // One that stood closes by itself when idle: to abort it while it breaks leaves its error without a listener, which
      // ends the process (connect-node 2.2.0).
      if (standsSince === undefined) connection.abort()
    }
  }

  async #connect(connection: Http2SessionManager): Promise<void> {
    const { orchestrator, clock } = this.#init
    const error = () => unreachable(orchestrator, new Error(`no connection within ${GRPC_DIAL_MS} ms`))
    const limits = { clock, ms: GRPC_DIAL_MS, error, signal: this.#stop.signal }
    const state = await within(limits, () => connection.connect())
    if (state === 'error') throw unreachable(orchestrator, connection.error())
  }

  async #listen(connection: Http2SessionManager): Promise<void> {
    const { orchestrator, clock, registration, onMessage } = this.#init
    const client = createClient(Transcoder, createGrpcTransport({ baseUrl: orchestrator, sessionManager: connection }))
    let accepted: (() => void) | undefined
    try {
      const { request, headers } = await registration()
      const { signal } = this.#stop
      const call = client.registerTranscoder(create(RegisterRequestSchema, request), { signal, headers })
      accepted = clock.after(ACCEPTED_AFTER_MS, () => this.#attached(request.capacity))
      for await (const message of call) {
        this.#attached(request.capacity)
        onMessage(message)
      }
    } finally {
      accepted?.()
    }
  }

  /** Said once per call. */
  #attached(capacity: bigint): void {
    if (this.#state === 'attached' || this.#stop.signal.aborted) return
    this.#state = 'attached'
    this.#init.log.info('attached to the orchestrator', {
      orchestrator: this.#init.orchestrator,
      capacity: Number(capacity),
    })
  }

  #afterFailure(thrown: unknown, reached: boolean, log: Logger): number {
    const { orchestrator } = this.#init
    const refused = thrown instanceof ConnectError && thrown.rawMessage === WireText.invalidSecret
    const wait = Math.round(refused ? this.#backoff.slowest() : this.#backoff.next())
    const error = refused ? secretRefused(orchestrator) : describe(orchestrator, thrown, reached)
    const { message, code, remedy } = error
    const fields = { code, orchestrator, remedy, nextAttemptMs: wait }
    if (refused) log.error(message, fields)
    else log.warn(message, fields)
    return wait
  }

  #connection(): Http2SessionManager {
    const { everyMs, patienceMs } = this.#init.pings ?? { everyMs: 10_000, patienceMs: 5000 }
    return new Http2SessionManager(
      this.#init.orchestrator,
      { pingIntervalMs: everyMs, pingTimeoutMs: patienceMs, idleConnectionTimeoutMs: IDLE_CLOSE_MS },
      { rejectUnauthorized: false },
    )
  }
}

function describe(orchestrator: string, thrown: unknown, reached: boolean): LivepeerError {
  if (isLivepeerError(thrown)) return thrown
  const cause = thrown instanceof ConnectError ? new Error(thrown.rawMessage) : thrown
  return reached ? detached(orchestrator, cause) : unreachable(orchestrator, cause)
}
