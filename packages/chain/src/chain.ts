import type { Clock, Logger } from '@livepeer-node/sdk'
import { type BlockHead, readBlock } from './block.ts'
import { type Contracts, findContracts } from './contracts/contracts.ts'
import { chainIdWrong, chainUnreachable, endpointInvalid } from './errors.ts'
import { GasPrices } from './gas-prices.ts'
import { type LogQuery, readLogs, type ChainLog } from './logs.ts'
import { type Endpoint, failureText } from './rpc/endpoint.ts'
import { FailoverProvider } from './rpc/failover-provider.ts'
import { openEndpoint } from './rpc/open-endpoint.ts'

const TIMEOUT_MS = 10_000

export interface ChainOptions {
  /** URLs, the preferred one first: http, https, ws or wss. */
  readonly rpc: readonly string[]
  /** Address of the Controller, from which all others are found. */
  readonly controller: string
  /** Left out: what the first endpoint that answers serves. */
  readonly chainId?: number | bigint
  readonly clock: Clock
  readonly log: Logger
  /** Closes it. */
  readonly signal?: AbortSignal
  /** ms until an endpoint that has not answered is given up, for this request; default 10 000. */
  readonly timeoutMs?: number
  /** Wei per gas below which no price is believed; default 0. */
  readonly minGasPrice?: bigint
}

/** The protocol's chain. All of it may be used at the same time by all. */
export interface Chain {
  readonly chainId: bigint
  /** For ethers, with failover inside. Rejects with `LP_CHAIN_UNREACHABLE` when no endpoint answers. */
  readonly provider: FailoverProvider
  readonly contracts: Contracts
  readonly gasPrices: GasPrices
  /** Wei per gas: the last known, a few seconds old at most while the chain answers. */
  gasPrice(): Promise<bigint>
  /** The latest block, or that one. */
  block(number?: bigint): Promise<BlockHead | undefined>
  /** Events; a range that the endpoint finds too large is asked in parts. */
  logs(query: LogQuery): Promise<ChainLog[]>
  close(): void
}

/**
 * Connects, and finds the protocol's contracts.
 * @throws `LP_CHAIN_ENDPOINT`, `LP_CHAIN_ID`, `LP_CHAIN_UNREACHABLE`, `LP_CHAIN_CONTRACT`
 */
export async function openChain(options: ChainOptions): Promise<Chain> {
  const { clock, log, signal, minGasPrice = 0n, timeoutMs = TIMEOUT_MS } = options
  if (options.rpc.length === 0) throw endpointInvalid('there is none', '')
  const endpoints = options.rpc.map((url) => openEndpoint(url, { clock, timeoutMs }))
  const chainId = await settleChainId(endpoints, options.chainId).catch((error: unknown) => {
    for (const endpoint of endpoints) endpoint.close()
    throw error
  })
  const provider = new FailoverProvider({ endpoints, chainId, clock, log })
  try {
    const contracts = await findContracts(provider, options.controller)
    signal?.addEventListener('abort', () => provider.destroy(), { once: true })
    const gasPrices = new GasPrices({ provider, clock, minimum: minGasPrice })
    return {
      chainId,
      provider,
      contracts,
      gasPrices,
      gasPrice: () => gasPrices.current(),
      block: (number) => readBlock(provider, number),
      logs: (query) => readLogs(provider, query),
      close: () => provider.destroy(),
    }
  } catch (error) {
    provider.destroy()
    throw error
  }
}

/** The chain's id, as the endpoints that answer say. Those that do not are looked at when they do. */
async function settleChainId(endpoints: readonly Endpoint[], expected?: number | bigint): Promise<bigint> {
  const answers = await Promise.allSettled(
    endpoints.map(async (endpoint) => {
      const { result } = await endpoint.request('eth_chainId', [])
      return { endpoint, id: BigInt(String(result)) }
    }),
  )
  const served = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  const [first] = served
  if (!first) {
    const failures = answers.map(
      (it, i) => `${endpoints[i]?.name}: ${it.status === 'rejected' ? failureText(it.reason) : ''}`,
    )
    throw chainUnreachable('eth_chainId', failures)
  }
  const chainId = expected === undefined ? first.id : BigInt(expected)
  const wrong = served.find(({ id }) => id !== chainId)
  if (wrong) throw chainIdWrong(wrong.endpoint.name, wrong.id, chainId)
  return chainId
}
