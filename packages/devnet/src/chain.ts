import { setTimeout as delay } from 'node:timers/promises'
import { type Interface, isError, JsonRpcProvider, Network, type TransactionReceipt } from 'ethers'
import { transactionFailed } from './errors.ts'

const RECEIPT_MS = 15_000
const RECEIPT_AGAIN_MS = 5

/** A transaction of an account whose key the chain holds. */
export interface ChainCall {
  readonly from: string
  /** Left out: a contract is made. */
  readonly to?: string
  readonly data: string
  /** Wei. */
  readonly value?: bigint
  readonly gas?: bigint
  readonly nonce?: number
}

/** Plenty for each call of the protocol: an estimate runs on the next block, which may be in another round. */
const GAS = 7_000_000n
/** Enough at any time; who mines gets nothing. */
const PRICE = { maxFeePerGas: quantity(1000n * 10n ** 9n), maxPriorityFeePerGas: quantity(0n) }

/** The local chain as its own tools see it. */
export class Chain {
  readonly provider: JsonRpcProvider

  constructor(rpc: string, chainId: number) {
    const network = Network.from(chainId)
    // The defaults are for public chains: they ask for the network again and again, wait for batches and remember nonces.
    const options = { staticNetwork: network, cacheTimeout: -1, batchMaxCount: 1, pollingInterval: 20 }
    this.provider = new JsonRpcProvider(rpc, network, options)
  }

  /** Sends without waiting. @throws `LP_DEVNET_TRANSACTION` when the chain does not take it. */
  async send(what: string, { from, to, data, value = 0n, gas = GAS, nonce }: ChainCall): Promise<string> {
    const call = { from, data, value: quantity(value), gas: quantity(gas), ...PRICE }
    const place = { ...(to && { to }), ...(nonce !== undefined && { nonce: quantity(BigInt(nonce)) }) }
    try {
      return await this.provider.send('eth_sendTransaction', [{ ...call, ...place }])
    } catch (error) {
      throw transactionFailed(what, reasonOf(error))
    }
  }

  /** Sends and waits for the receipt. @throws `LP_DEVNET_TRANSACTION` with the contract's reason. */
  async transact(what: string, call: ChainCall): Promise<TransactionReceipt> {
    const hash = await this.send(what, call)
    return this.receipt(what, hash, call)
  }

  async receipt(what: string, hash: string, call?: ChainCall): Promise<TransactionReceipt> {
    for (let waited = 0; waited < RECEIPT_MS; waited += RECEIPT_AGAIN_MS) {
      const receipt = await this.provider.getTransactionReceipt(hash)
      if (receipt?.status === 1) return receipt
      if (receipt) throw transactionFailed(what, call && (await this.#reasonOf(call)))
      await delay(RECEIPT_AGAIN_MS)
    }
    throw transactionFailed(what, new Error(`it was not mined within ${RECEIPT_MS} ms`))
  }

  /** Asks a contract, at the latest block. */
  async read<T>(
    contract: { address: string; abi: Interface },
    method: string,
    args: readonly unknown[] = [],
  ): Promise<T> {
    const data = contract.abi.encodeFunctionData(method, args)
    const result = await this.provider.send('eth_call', [{ to: contract.address, data }, 'latest'])
    // A contract's answer has the type that its ABI says, and the caller knows it.
    return contract.abi.decodeFunctionResult(method, result)[0] as T
  }

  /** Mines empty blocks. */
  async mine(blocks: bigint): Promise<void> {
    if (blocks > 0n) await this.provider.send('anvil_mine', [quantity(blocks)])
  }

  async blockNumber(): Promise<bigint> {
    return BigInt(await this.provider.send('eth_blockNumber', []))
  }

  async hasCode(address: string): Promise<boolean> {
    return (await this.provider.send('eth_getCode', [address, 'latest'])) !== '0x'
  }

  close(): void {
    this.provider.destroy()
  }

  async #reasonOf({ from, to, data, value = 0n }: ChainCall): Promise<unknown> {
    try {
      await this.provider.call({ from, data, value, ...(to && { to }) })
    } catch (error) {
      return reasonOf(error)
    }
    return undefined
  }
}

/** What the contract or the chain said; ethers puts the whole transaction around it. */
function reasonOf(error: unknown): unknown {
  if (isError(error, 'CALL_EXCEPTION')) return new Error(error.reason ?? error.shortMessage)
  if (isError(error, 'UNKNOWN_ERROR')) return new Error(rpcMessage(error) ?? error.shortMessage)
  return error
}

function rpcMessage(error: object): string | undefined {
  const inner: unknown = 'error' in error ? error.error : undefined
  const isTold = typeof inner === 'object' && inner !== null && 'message' in inner && typeof inner.message === 'string'
  return isTold ? String(inner.message) : undefined
}

function quantity(value: bigint): string {
  return `0x${value.toString(16)}`
}
