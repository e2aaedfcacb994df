import { setTimeout as delay } from 'node:timers/promises'
import type { LivepeerError } from '@livepeer-node/sdk'
import { Contract, type JsonRpcProvider, Wallet } from 'ethers'
import { type DevnetAccount, makeAccounts } from './accounts.ts'
import { type Anvil, startAnvil } from './anvil.ts'
import { Chain } from './chain.ts'
import {
  type ContractName,
  type Contracts,
  deployProtocol,
  expectedContracts,
  type ProtocolParameters,
} from './deploy.ts'
import { anvilArguments, type DevnetOptions, type Settings, settle } from './options.ts'
import { Rounds, type RoundState } from './rounds.ts'
import { seed } from './seed.ts'

const KEEPER_LOOKS_MS = 100

/** What a program needs to use the chain; also what `JSON.stringify` makes of a `Devnet`. */
export interface DevnetInfo {
  /** `http://127.0.0.1:PORT`; WebSocket on the same port. */
  readonly rpc: string
  readonly chainId: number
  /** Address of the Controller, from which all others are found. */
  readonly controller: string
  readonly accounts: readonly DevnetAccount[]
}

/** A place in the chain's history to come back to. */
export interface Snapshot {
  /** Undoes all that came after it. Can be called again and again. */
  revert(): Promise<void>
}

/** A local chain with the Livepeer protocol on it. */
export interface Devnet extends DevnetInfo, AsyncDisposable {
  /** For ethers: quick to look, and without a memory of nonces. */
  readonly provider: JsonRpcProvider
  /** Resolves when the chain is gone: with the reason, unless `stop` was called. */
  readonly ended: Promise<LivepeerError | undefined>
  /** Why the keeper could not open a round or call `reward()` the last time it tried. */
  readonly keeperProblem: unknown
  /** A contract of the protocol; transactions are signed by this account. */
  contract(name: ContractName, account?: DevnetAccount): Contract
  address(name: ContractName): string
  /** The first account with a role, or the one at `index` among them. @throws `RangeError` where there is none. */
  account(role: DevnetAccount['role'], index?: number): DevnetAccount
  snapshot(): Promise<Snapshot>
  /** Mines empty blocks; no round is opened. */
  mine(blocks: number): Promise<void>
  /** Replaces the latest blocks, 255 at most, by as many empty ones: their transactions are gone, not pending. */
  reorganize(blocks: number): Promise<void>
  round(): Promise<RoundState>
  /** Mines to the first block of this round and opens each round on the way; default: the next. */
  mineToRound(round?: bigint): Promise<RoundState>
  /** Ends the chain's process; its state is written first. */
  stop(): Promise<void>
  toJSON(): DevnetInfo
}

/**
 * Starts a chain and puts the protocol on it, which takes about a second; a kept chain is taken up again. It ends with this
 * process at the latest.
 * @throws `LP_DEVNET_ANVIL`, `LP_DEVNET_CHAIN`, `LP_DEVNET_OPTION`, `LP_DEVNET_TRANSACTION`
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const settings = settle(options)
  const anvil = await startAnvil(anvilArguments(settings))
  const chain = new Chain(anvil.rpc, settings.chainId)
  try {
    if (settings.timestamp !== undefined) await chain.provider.send('anvil_setBlockTimestampInterval', [1])
    return await prepare({ settings, anvil, chain })
  } catch (error) {
    chain.close()
    await anvil.stop()
    throw error
  }
}

interface Started {
  readonly settings: Settings
  readonly anvil: Anvil
  readonly chain: Chain
}

async function prepare({ settings, anvil, chain }: Started): Promise<Devnet> {
  const accounts = makeAccounts(settings)
  const deployer = accounts[0]?.address ?? ''
  const parameters = parametersOf(settings)
  const expected = expectedContracts(chain, deployer, parameters)
  const isThere = await chain.hasCode(expected.Controller.address)
  const contracts = isThere ? expected : await deployProtocol(chain, deployer, parameters)
  const rewarded = accounts.filter(({ role }) => role === 'orchestrator').map(({ address }) => address)
  const rounds = new Rounds({ chain, contracts, keeper: deployer, rewarded })
  if (!settings.adjustableRounds) {
    if (isThere) await rounds.open()
    else await seed({ chain, contracts, rounds, accounts })
  }
  return new RunningDevnet({ settings, anvil, chain, contracts, rounds, accounts })
}

function parametersOf({ roundLength, adjustableRounds }: Settings): ProtocolParameters {
  return {
    roundLength: BigInt(roundLength),
    roundLockAmount: 100_000n,
    unbondingPeriod: 2n,
    unlockPeriod: 2n,
    ticketValidityPeriod: 2n,
    numActiveTranscoders: 100n,
    adjustableRounds,
  }
}

interface Running extends Started {
  readonly contracts: Contracts
  readonly rounds: Rounds
  readonly accounts: readonly DevnetAccount[]
}

class RunningDevnet implements Devnet {
  readonly rpc: string
  readonly chainId: number
  readonly controller: string
  readonly accounts: readonly DevnetAccount[]
  readonly ended: Promise<LivepeerError | undefined>
  readonly #running: Running
  readonly #stop = new AbortController()
  readonly #keeper: Promise<void>
  #keeperProblem: unknown

  constructor(running: Running) {
    const { anvil, settings, contracts, accounts } = running
    this.#running = running
    this.rpc = anvil.rpc
    this.chainId = settings.chainId
    this.controller = contracts.Controller.address
    this.accounts = accounts
    this.ended = anvil.ended
    void anvil.ended.then(() => this.#stop.abort())
    this.#keeper = settings.keeper ? this.#keep() : Promise.resolve()
  }

  get provider(): JsonRpcProvider {
    return this.#running.chain.provider
  }

  get keeperProblem(): unknown {
    return this.#keeperProblem
  }

  address(name: ContractName): string {
    return this.#running.contracts[name].address
  }

  contract(name: ContractName, account?: DevnetAccount): Contract {
    const { address, abi } = this.#running.contracts[name]
    return new Contract(address, abi, account ? new Wallet(account.privateKey, this.provider) : this.provider)
  }

  account(role: DevnetAccount['role'], index = 0): DevnetAccount {
    const found = this.accounts.filter((account) => account.role === role)[index]
    if (!found) throw new RangeError(`There is no ${role} number ${index}.`)
    return found
  }

  async snapshot(): Promise<Snapshot> {
    const { provider } = this
    let id: unknown = await provider.send('evm_snapshot', [])
    return {
      // The chain forgets a snapshot when it goes back to it.
      revert: async () => {
        await provider.send('evm_revert', [id])
        id = await provider.send('evm_snapshot', [])
      },
    }
  }

  mine(blocks: number): Promise<void> {
    return this.#running.chain.mine(BigInt(blocks))
  }

  async reorganize(blocks: number): Promise<void> {
    await this.provider.send('anvil_reorg', [blocks, []])
  }

  round(): Promise<RoundState> {
    return this.#running.rounds.state()
  }

  async mineToRound(round?: bigint): Promise<RoundState> {
    const target = round ?? (await this.round()).round + 1n
    await this.#running.rounds.advanceTo(target)
    return this.round()
  }

  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#keeper
    this.#running.chain.close()
    await this.#running.anvil.stop()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  toJSON(): DevnetInfo {
    const { rpc, chainId, controller, accounts } = this
    return { rpc, chainId, controller, accounts }
  }

  /** Looks often: a round that nobody opened in time is lost. */
  async #keep(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await this.#running.rounds.open()
        this.#keeperProblem = undefined
        await delay(KEEPER_LOOKS_MS, undefined, { signal })
      } catch (error) {
        if (signal.aborted) return
        this.#keeperProblem = error
        await delay(KEEPER_LOOKS_MS)
      }
    }
  }
}
