import { type At, type ContractCall, type ContractPlace, ProtocolContract, toBytes } from './contract.ts'

/** Where the protocol's rounds stand. */
export interface RoundState {
  /** Latest round that was initialized: the one that tickets name. */
  readonly number: bigint
  /** Of `number`, 32 bytes; all zero where the chain has none. */
  readonly blockHash: Uint8Array
  /** Of the round before `number`; all zero where it was never initialized. */
  readonly previousBlockHash: Uint8Array
  /** The round that the chain is in: above `number` until somebody initializes it. */
  readonly current: bigint
  /** `current` is `number`. Otherwise nearly every call of the protocol fails. */
  readonly initialized: boolean
  /** `current` is in its last part, where orchestrators may not change their terms. */
  readonly locked: boolean
  /** L1 block in which `current` began. */
  readonly startBlock: bigint
  /** L1 blocks. */
  readonly lengthBlocks: bigint
}

/** Divides time into rounds (payments.md D2). */
export class RoundsManager extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('RoundsManager', place, [
      'function currentRound() view returns (uint256)',
      'function currentRoundStartBlock() view returns (uint256)',
      'function currentRoundInitialized() view returns (bool)',
      'function currentRoundLocked() view returns (bool)',
      'function lastInitializedRound() view returns (uint256)',
      'function roundLength() view returns (uint256)',
      'function roundLockAmount() view returns (uint256)',
      'function blockHashForRound(uint256 round) view returns (bytes32)',
      'function initializeRound()',
      'event NewRound(uint256 indexed round, bytes32 blockHash)',
    ])
  }

  async readRound(at: At = 'latest'): Promise<RoundState> {
    const [number, current, initialized, locked, startBlock, lengthBlocks] = await Promise.all([
      this.#number('lastInitializedRound', at),
      this.#number('currentRound', at),
      this.read('currentRoundInitialized', [], at),
      this.read('currentRoundLocked', [], at),
      this.#number('currentRoundStartBlock', at),
      this.#number('roundLength', at),
    ])
    const [blockHash, previousBlockHash] = await Promise.all([
      this.blockHash(number, at),
      this.blockHash(number === 0n ? 0n : number - 1n, at),
    ])
    const flags = { initialized: Boolean(initialized[0]), locked: Boolean(locked[0]) }
    return { number, blockHash, previousBlockHash, current, ...flags, startBlock, lengthBlocks }
  }

  /** 32 bytes; all zero for a round that was never initialized. */
  async blockHash(round: bigint, at?: At): Promise<Uint8Array> {
    return toBytes(String((await this.read('blockHashForRound', [round], at))[0]))
  }

  async currentRound(at?: At): Promise<bigint> {
    return this.#number('currentRound', at)
  }

  async lastInitializedRound(at?: At): Promise<bigint> {
    return this.#number('lastInitializedRound', at)
  }

  initializeRound(): ContractCall {
    return this.call('initializeRound')
  }

  async #number(method: string, at?: At): Promise<bigint> {
    return BigInt((await this.read(method, [], at))[0])
  }
}
