import { isLivepeerError } from '@livepeer-node/sdk'
import { toHex } from '@livepeer-node/protocol'
import { getAddress, Interface, isError, type JsonRpcApiProvider, type Result } from 'ethers'
import { callFailed } from '../errors.ts'
import type { ChainLog } from '../logs.ts'

/** 20 bytes, or `0x…` with any case of letters. */
export type Address = string | Uint8Array

/** The address that stands for nobody. */
export const NOBODY = '0x0000000000000000000000000000000000000000'

/** `0x…` with checksum. @throws when it has another length than 20 bytes */
export function toAddressText(address: Address): string {
  return getAddress(typeof address === 'string' ? address : `0x${toHex(address)}`)
}

/** What a transaction does: for `TransactionManager.send`. */
export interface ContractCall {
  readonly to: string
  /** `0x…` */
  readonly data: string
  /** Wei; default 0. */
  readonly value?: bigint
}

/** An event of a contract, read. */
export interface ContractEvent {
  readonly name: string
  /** By the names of the contract's interface; numbers are bigint, addresses have their checksum. */
  readonly args: Readonly<Record<string, unknown>>
}

/** When a contract is asked: the latest block, or that one. */
export type At = bigint | 'latest'

export interface ContractPlace {
  readonly provider: JsonRpcApiProvider
  /** With checksum. */
  readonly address: string
}

/** One contract of the protocol: its address, its interface, and how to ask it. */
export class ProtocolContract {
  readonly address: string
  readonly abi: Interface
  readonly #name: string
  readonly #provider: JsonRpcApiProvider

  constructor(name: string, { provider, address }: ContractPlace, signatures: readonly string[]) {
    this.#name = name
    this.#provider = provider
    this.address = address
    this.abi = new Interface(signatures)
  }

  /** Calls a method of the interface without a transaction. @throws `LP_CHAIN_CALL` with the contract's reason, `LP_CHAIN_UNREACHABLE` */
  async read(method: string, args: readonly unknown[] = [], at: At = 'latest'): Promise<Result> {
    try {
      const data = this.abi.encodeFunctionData(method, args)
      const result = await this.#provider.call({ to: this.address, data, blockTag: at })
      return this.abi.decodeFunctionResult(method, result)
    } catch (error) {
      if (isLivepeerError(error)) throw error
      throw callFailed(`${this.#name}.${method}`, revertReason(error), error)
    }
  }

  /** A call of a method as a transaction. */
  call(method: string, args: readonly unknown[] = [], value?: bigint): ContractCall {
    const data = this.abi.encodeFunctionData(method, args)
    return { to: this.address, data, ...(value !== undefined && { value }) }
  }

  /** First topic of an event. */
  topic(event: string): string {
    const fragment = this.abi.getEvent(event)
    if (!fragment) throw new RangeError(`${this.#name} has no event ${event}.`)
    return fragment.topicHash
  }

  /** An event of this contract, read; `undefined`: it is another contract's, or one that the node does not know. */
  readEvent(log: Pick<ChainLog, 'address' | 'topics' | 'data'>): ContractEvent | undefined {
    if (log.address.toLowerCase() !== this.address.toLowerCase()) return undefined
    const event = this.abi.parseLog({ topics: [...log.topics], data: log.data })
    return event ? { name: event.name, args: event.args.toObject() } : undefined
  }
}

/** Why a contract said no; its own words where it has some. */
export function revertReason(error: unknown): string {
  if (isError(error, 'CALL_EXCEPTION')) {
    if (error.reason) return error.reason
    const { revert } = error
    if (revert) return `${revert.name}(${revert.args.join(', ')})`
    return error.shortMessage
  }
  return error instanceof Error ? error.message : String(error)
}

/** Whole bytes behind `0x…`. */
export function toBytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.slice(2), 'hex'))
}
