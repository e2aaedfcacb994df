import { createClient, ConnectError } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  expectedValue,
  GRPC_CALL_MS,
  Orchestrator,
  type OrchestratorInfo,
  orchestratorRequest,
  type OrchestratorRequest,
  readPrice,
  readTerms,
  type Signer,
} from '@livepeer-node/protocol'
import { isLivepeerError } from '@livepeer-node/sdk'

/** What an orchestrator asks of a broadcaster. */
export interface PriceQuote {
  readonly uri: string
  /** Wei per pixel, as `n/d`. */
  readonly weiPerPixel?: string
  /** Of the tickets it wants, wei. */
  readonly faceValue?: bigint
  readonly ticketEv?: bigint
  /** ms from asking to the answer. */
  readonly tookMs: number
  /** Why there is no price. */
  readonly error?: string
}

/** Asks all of them at once; who does not answer is in the list as well. */
export async function askPrices(uris: readonly string[], signer: Signer): Promise<readonly PriceQuote[]> {
  const request = await orchestratorRequest(signer)
  return Promise.all(uris.map((uri) => askPrice(uri, request)))
}

async function askPrice(uri: string, { address, sig }: OrchestratorRequest): Promise<PriceQuote> {
  const startedAt = performance.now()
  const took = () => Math.round(performance.now() - startedAt)
  // Nodes know each other by signatures: nobody verifies certificates (wire.md §2.2).
  const transport = createGrpcTransport({ baseUrl: uri, nodeOptions: { rejectUnauthorized: false } })
  try {
    const signal = AbortSignal.timeout(GRPC_CALL_MS)
    // A price is asked for, not room.
    const call = { address, sig, ignoreCapacityCheck: true }
    const info = await createClient(Orchestrator, transport).getOrchestrator(call, { signal })
    return { uri, ...quoteOf(info), tookMs: took() }
  } catch (error) {
    return { uri, tookMs: took(), error: wordsOf(error) }
  }
}

function quoteOf({
  priceInfo,
  ticketParams,
}: OrchestratorInfo): Pick<PriceQuote, 'weiPerPixel' | 'faceValue' | 'ticketEv'> {
  const weiPerPixel = readPrice(priceInfo).toString()
  if (!ticketParams) return { weiPerPixel }
  const { faceValue, winProb } = readTerms(ticketParams)
  return { weiPerPixel, faceValue, ticketEv: expectedValue({ faceValue, winProb }).floor() }
}

function wordsOf(error: unknown): string {
  if (isLivepeerError(error)) return error.message
  if (error instanceof ConnectError) return error.rawMessage
  return error instanceof Error ? error.message : String(error)
}
