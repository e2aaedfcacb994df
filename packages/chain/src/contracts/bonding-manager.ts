import { type Hints, type PoolMember, poolHints } from '../bonding/hints.ts'
import { BONDING_SIGNATURES } from './bonding-signatures.ts'
import {
  type Address,
  type At,
  type ContractCall,
  type ContractPlace,
  NOBODY,
  ProtocolContract,
  toAddressText,
} from './contract.ts'

/** An orchestrator as the protocol knows it. */
export interface TranscoderState {
  /** With checksum. */
  readonly address: string
  readonly lastRewardRound: bigint
  /** Share of the inflation that it keeps, parts per 10^6. */
  readonly rewardCut: bigint
  /** Share of the fees that its delegators get, parts per 10^6. */
  readonly feeShare: bigint
  readonly lastActiveStakeUpdateRound: bigint
  /** First round in which it is active; 0: never. */
  readonly activationRound: bigint
  /** First round in which it is no longer; in the pool it is 2^256 − 1. */
  readonly deactivationRound: bigint
  /** It may work in the current round. */
  readonly active: boolean
  /** It has stake of its own. */
  readonly registered: boolean
  /** Smallest parts of LPT bonded to it, its own included. */
  readonly totalStake: bigint
}

/** Somebody with stake. Amounts in the smallest part of LPT, fees in wei. */
export interface DelegatorState {
  /** As of `lastClaimRound`. */
  readonly bondedAmount: bigint
  readonly fees: bigint
  /** To whom it is bonded; `undefined`: to nobody. */
  readonly delegate: string | undefined
  /** Bonded to it by all. */
  readonly delegatedAmount: bigint
  readonly startRound: bigint
  readonly lastClaimRound: bigint
  readonly nextUnbondingLockId: bigint
  readonly status: 'pending' | 'bonded' | 'unbonded'
}

/** Stake that is on its way out. */
export interface UnbondingLock {
  readonly id: bigint
  readonly amount: bigint
  /** First round in which it can be withdrawn. 0: withdrawn, or taken back. */
  readonly withdrawRound: bigint
}

const STATUS = ['pending', 'bonded', 'unbonded'] as const

/** Knows all stake, and who may work (payments.md D3). */
export class BondingManager extends ProtocolContract {
  constructor(place: ContractPlace) {
    super('BondingManager', place, BONDING_SIGNATURES)
  }

  async readTranscoder(address: Address, at?: At): Promise<TranscoderState> {
    const who = toAddressText(address)
    const [state, active, registered, totalStake] = await Promise.all([
      this.read('getTranscoder', [who], at),
      this.read('isActiveTranscoder', [who], at),
      this.read('isRegisteredTranscoder', [who], at),
      this.#number('transcoderTotalStake', [who], at),
    ])
    return {
      address: who,
      lastRewardRound: BigInt(state.lastRewardRound),
      rewardCut: BigInt(state.rewardCut),
      feeShare: BigInt(state.feeShare),
      lastActiveStakeUpdateRound: BigInt(state.lastActiveStakeUpdateRound),
      activationRound: BigInt(state.activationRound),
      deactivationRound: BigInt(state.deactivationRound),
      active: Boolean(active[0]),
      registered: Boolean(registered[0]),
      totalStake,
    }
  }

  async readDelegator(address: Address, at?: At): Promise<DelegatorState> {
    const who = toAddressText(address)
    const [state, status] = await Promise.all([
      this.read('getDelegator', [who], at),
      this.#number('delegatorStatus', [who], at),
    ])
    const delegate = toAddressText(String(state.delegateAddress))
    return {
      bondedAmount: BigInt(state.bondedAmount),
      fees: BigInt(state.fees),
      delegate: delegate === NOBODY ? undefined : delegate,
      delegatedAmount: BigInt(state.delegatedAmount),
      startRound: BigInt(state.startRound),
      lastClaimRound: BigInt(state.lastClaimRound),
      nextUnbondingLockId: BigInt(state.nextUnbondingLockId),
      status: STATUS[Number(status)] ?? 'unbonded',
    }
  }

  /** All of an account's locks that still hold something, oldest first. */
  async unbondingLocks(delegator: Address): Promise<UnbondingLock[]> {
    const who = toAddressText(delegator)
    const { nextUnbondingLockId } = await this.readDelegator(who)
    const locks: UnbondingLock[] = []
    for (let id = 0n; id < nextUnbondingLockId; id++) {
      const [amount, withdrawRound] = await this.read('getDelegatorUnbondingLock', [who, id])
      if (BigInt(withdrawRound) > 0n) locks.push({ id, amount: BigInt(amount), withdrawRound: BigInt(withdrawRound) })
    }
    return locks
  }

  /** Those that are to be active in the next round, by stake, largest first. */
  async poolOf(at?: At): Promise<PoolMember[]> {
    const members: string[] = []
    let [next] = await this.read('getFirstTranscoderInPool', [], at)
    while (String(next) !== NOBODY) {
      const address = toAddressText(String(next))
      members.push(address)
      ;[next] = await this.read('getNextTranscoderInPool', [address], at)
    }
    return Promise.all(
      members.map(async (address) => ({ address, stake: await this.#number('transcoderTotalStake', [address], at) })),
    )
  }

  /** Where somebody will be in the pool once its stake is `stake`. Reads the whole pool. */
  async hintsFor(address: Address, stake: bigint): Promise<Hints> {
    const [pool, size] = await Promise.all([this.poolOf(), this.poolMaxSize()])
    return poolHints(pool, BigInt(pool.length) >= size, { address: toAddressText(address), stake })
  }

  /** Size of the pool for the next round; reserves are divided by it all the same. */
  poolSize(at?: At): Promise<bigint> {
    return this.#number('getTranscoderPoolSize', [], at)
  }

  poolMaxSize(): Promise<bigint> {
    return this.#number('getTranscoderPoolMaxSize')
  }

  /** Stake of all that are active in the current round. */
  totalBonded(): Promise<bigint> {
    return this.#number('getTotalBonded')
  }

  /** Rounds from `unbond` to `withdrawStake`. */
  unbondingPeriod(): Promise<bigint> {
    return this.#number('unbondingPeriod')
  }

  async isActive(orchestrator: Address, at?: At): Promise<boolean> {
    return Boolean((await this.read('isActiveTranscoder', [toAddressText(orchestrator)], at))[0])
  }

  /** Stake with what it has earned up to the current round. */
  pendingStake(delegator: Address): Promise<bigint> {
    return this.#number('pendingStake', [toAddressText(delegator), 0n])
  }

  /** Wei of fees with what was earned up to the current round. */
  pendingFees(delegator: Address): Promise<bigint> {
    return this.#number('pendingFees', [toAddressText(delegator), 0n])
  }

  /** Stake that counts in a round. */
  async stakeInRound(orchestrator: Address, round: bigint): Promise<bigint> {
    return BigInt((await this.read('getTranscoderEarningsPoolForRound', [toAddressText(orchestrator), round]))[0])
  }

  /** `new`: places of `to`; `old`: of the one that was bonded to before. */
  bond(amount: bigint, to: Address, hints: { old?: Hints; new?: Hints } = {}): ContractCall {
    return this.call('bondWithHint', [amount, toAddressText(to), ...places(hints.old), ...places(hints.new)])
  }

  unbond(amount: bigint, hints?: Hints): ContractCall {
    return this.call('unbondWithHint', [amount, ...places(hints)])
  }

  rebond(lockId: bigint, hints?: Hints): ContractCall {
    return this.call('rebondWithHint', [lockId, ...places(hints)])
  }

  rebondFromUnbonded(to: Address, lockId: bigint, hints?: Hints): ContractCall {
    return this.call('rebondFromUnbondedWithHint', [toAddressText(to), lockId, ...places(hints)])
  }

  withdrawStake(lockId: bigint): ContractCall {
    return this.call('withdrawStake', [lockId])
  }

  /** Wei. */
  withdrawFees(recipient: Address, amount: bigint): ContractCall {
    return this.call('withdrawFees', [toAddressText(recipient), amount])
  }

  /** Both in parts per 10^6. */
  setTerms(rewardCut: bigint, feeShare: bigint): ContractCall {
    return this.call('transcoder', [rewardCut, feeShare])
  }

  reward(hints?: Hints): ContractCall {
    return this.call('rewardWithHint', places(hints))
  }

  async #number(method: string, args: readonly unknown[] = [], at?: At): Promise<bigint> {
    return BigInt((await this.read(method, args, at))[0])
  }
}

function places(hints: Hints | undefined): [string, string] {
  return [hints?.previous ?? NOBODY, hints?.next ?? NOBODY]
}
