import type { Clock, Logger } from '@livepeer-node/sdk'
import { isLivepeerError } from '@livepeer-node/sdk'
import { type BlockHead, readBlock } from './block.ts'
import { type Contracts, findContracts } from './contracts/contracts.ts'
import { chainIdWrong, chainUnreachable, endpointInvalid } from './errors.ts'
import { GasPrices } from './gas-prices.ts'
import { type LogQuery, readLogs, type ChainLog } from './logs.ts'
import type { Endpoint } from './rpc/endpoint.ts'
import { FailoverProvider } from './rpc/failover-provider.ts'
import { openEndpoint } from './rpc/open-endpoint.ts'

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
  const { clock, log, signal, minGasPrice = 0n } = options
  if (options.rpc.length === 0) throw endpointInvalid('there is none', '')
  const endpoints = options.rpc.map(openEndpoint)
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
  let settled = expected === undefined ? undefined : BigInt(expected)
  const failures: string[] = []
  let answers = 0
  for (const endpoint of endpoints) {
    try {
      const served = BigInt(String((await endpoint.request('eth_chainId', [])).result))
      settled ??= served
      if (served !== settled) throw chainIdWrong(endpoint.name, served, settled)
      answers++
    } catch (error) {
      if (isLivepeerError(error)) throw error
      failures.push(`${endpoint.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (settled === undefined || answers === 0) throw chainUnreachable('eth_chainId', failures)
  return settled
}
