import { type Client, Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  type AuthToken,
  type Capabilities,
  GRPC_CALL_MS,
  GRPC_DIAL_MS,
  IDLE_CONNECTION_MS,
  offchainSigner,
  Orchestrator,
  type OrchestratorInfo,
  type OrchestratorRequest,
  orchestratorRequest,
  type Signer,
} from '@livepeer-node/protocol'
import { type Clock, isLivepeerError, toLivepeerError, within } from '@livepeer-node/sdk'
import { RpcConnection } from './rpc-connection.ts'
import { orchestratorSaid, timedOut, unreachable } from './wire-errors.ts'

/** What a failed connection looks like; every other status was said by the orchestrator. */
const TRANSPORT: ReadonlySet<Code> = new Set([Code.Aborted, Code.Canceled, Code.Unavailable])

interface Peer {
  readonly connection: RpcConnection
  readonly client: Client<typeof Orchestrator>
}

export interface CallLimits {
  readonly ms: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The gRPC calls to orchestrators (wire.md §4). Nobody verifies certificates between nodes (§2.2). One connection per
 * orchestrator, shared by all streams and closed when idle; go-livepeer opens one per call, which costs a handshake each.
 */
export class OrchestratorRpc {
  readonly #clock: Clock
  readonly #signer: () => Signer
  readonly #peers = new Map<string, Peer>()
  #signed: Promise<OrchestratorRequest> | undefined

  /** @param signer who asks; off chain an address of 20 zero bytes, and nothing is signed */
  constructor(clock: Clock, signer: () => Signer = () => offchainSigner) {
    this.#clock = clock
    this.#signer = signer
  }

  /** Asks for a session (wire.md §4.1). */
  getOrchestrator(uri: string, capabilities: Capabilities, limits: CallLimits): Promise<OrchestratorInfo> {
    return this.#call(uri, 'GetOrchestrator', limits, async (client, signal) => {
      const { address, sig } = await this.#request()
      return await client.getOrchestrator({ address, sig, capabilities, ignoreCapacityCheck: false }, { signal })
    })
  }

  /** Frees the session's slot at the orchestrator. */
  async endSession(uri: string, authToken: AuthToken): Promise<void> {
    await this.#call(uri, 'EndTranscodingSession', { ms: GRPC_CALL_MS }, (client, signal) =>
      client.endTranscodingSession({ authToken }, { signal }),
    )
  }

  /** The signature covers the address alone: one serves all calls, unless it could not be made. */
  async #request(): Promise<OrchestratorRequest> {
    this.#signed ??= orchestratorRequest(this.#signer())
    try {
      return await this.#signed
    } catch (thrown) {
      this.#signed = undefined
      throw toLivepeerError(thrown)
    }
  }

  close(): void {
    for (const [uri, peer] of this.#peers) this.#forget(uri, peer)
  }

  async #call<T>(
    uri: string,
    what: string,
    limits: CallLimits,
    call: (client: Client<typeof Orchestrator>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { ms, signal } = limits
    const error = () => timedOut(uri, what, ms)
    const peer = this.#peer(uri)
    try {
      return await within({ clock: this.#clock, ms, error, signal }, async (inTime) => {
        await this.#dial(uri, peer.connection, inTime)
        return await call(peer.client, inTime)
      })
    } catch (thrown) {
      if (!isLivepeerError(thrown)) throw translate(uri, what, thrown)
      // Who does not answer may be there all the same, at the end of a connection that died without a word.
      if (thrown.code === 'LP_ORCHESTRATOR_TIMEOUT') this.#forget(uri, peer)
      throw thrown
    }
  }

  async #dial(uri: string, connection: RpcConnection, signal: AbortSignal): Promise<void> {
    const error = () => timedOut(uri, 'Connecting', GRPC_DIAL_MS)
    const state = await within({ clock: this.#clock, ms: GRPC_DIAL_MS, error, signal }, () => connection.connect())
    if (state === 'error') throw unreachable(uri, 'Connecting', connection.error())
  }

  /** The next call connects anew. */
  #forget(uri: string, peer: Peer): void {
    if (this.#peers.get(uri) === peer) this.#peers.delete(uri)
    peer.connection.abort()
  }

  #peer(uri: string): Peer {
    const known = this.#peers.get(uri)
    if (known) return known
    const connection = new RpcConnection(
      uri,
      { idleConnectionTimeoutMs: IDLE_CONNECTION_MS, pingIntervalMs: 10_000, pingTimeoutMs: 3000 },
      { rejectUnauthorized: false },
    )
    const transport = createGrpcTransport({ baseUrl: uri, sessionManager: connection })
    const peer = { connection, client: createClient(Orchestrator, transport) }
    this.#peers.set(uri, peer)
    return peer
  }
}

/** Status UNKNOWN carries the orchestrator's own words (wire.md §2.5); the rest is transport. */
function translate(uri: string, what: string, thrown: unknown) {
  if (thrown instanceof ConnectError && !TRANSPORT.has(thrown.code)) return orchestratorSaid(uri, thrown.rawMessage)
  return unreachable(uri, what, thrown)
}
