import { getCreateAddress, id, type Interface } from 'ethers'
import { type ArtifactName, constantContract, linkBytecode, readArtifact } from './artifacts.ts'
import type { Chain, ChainCall } from './chain.ts'

/** Tokens and Ether have 18 decimals. */
export const UNIT: bigint = 10n ** 18n
const INITIAL_SUPPLY = 6_840_000n * UNIT
const FAUCET_SUPPLY = 1_000_000n * UNIT
/** Tokens per request, and hours between two requests of one account. */
const FAUCET = [10n * UNIT, 0n] as const
const NO_COMMIT = `0x${'00'.repeat(20)}`
/** Inflation per round, its step, and the bonding rate that it aims at, of 10^9: mainnet's scale. */
const MINTER = [218_500n, 500n, 500_000_000n] as const

/** The contracts that a node deals with. */
export type ContractName =
  | 'Controller'
  | 'Minter'
  | 'LivepeerToken'
  | 'TicketBroker'
  | 'BondingManager'
  | 'RoundsManager'
  | 'ServiceRegistry'
  | 'LivepeerTokenFaucet'
  | 'PollCreator'

/** Where a contract is, and how to speak to it. */
export interface DeployedContract {
  /** With checksum; of the proxy where there is one. */
  readonly address: string
  readonly abi: Interface
}

export type Contracts = Readonly<Record<ContractName, DeployedContract>>

/** Parameters that governance could change. */
export interface ProtocolParameters {
  /** Blocks. */
  readonly roundLength: bigint
  /** Part of a round, of 10^6, in which orchestrators cannot change their rates. */
  readonly roundLockAmount: bigint
  /** Rounds. */
  readonly unbondingPeriod: bigint
  /** Rounds. */
  readonly unlockPeriod: bigint
  /** Rounds. */
  readonly ticketValidityPeriod: bigint
  /** Active orchestrators; can only grow later. */
  readonly numActiveTranscoders: bigint
  /** Rounds are moved by `setBlockNum` and `setBlockHash` instead of by blocks: only for known answers. */
  readonly adjustableRounds: boolean
}

/** Deploys the protocol as a fresh account: addresses are the same on every chain. @throws `LP_DEVNET_TRANSACTION`. */
export async function deployProtocol(
  chain: Chain,
  deployer: string,
  parameters: ProtocolParameters,
): Promise<Contracts> {
  const plan = new Plan(chain, deployer)
  const contracts = deployContracts(plan, parameters)
  configure(plan, contracts, parameters)
  plan.call(contracts.Controller, 'unpause', [])
  await plan.done()
  return contracts
}

/** Addresses of the protocol where `deployProtocol` put it, whether it is there or not. */
export function expectedContracts(chain: Chain, deployer: string, parameters: ProtocolParameters): Contracts {
  return deployContracts(new Plan(chain, deployer), parameters)
}

/** The order decides the addresses. */
function deployContracts(plan: Plan, { adjustableRounds }: ProtocolParameters): Contracts {
  const Controller = plan.deploy('Controller', [])
  const owner = { plan, Controller }
  const Minter = plan.deploy('Minter', [Controller.address, ...MINTER])
  register(owner, 'Minter', Minter)
  const LivepeerToken = plan.deploy('LivepeerToken', [])
  register(owner, 'LivepeerToken', LivepeerToken)
  const TicketBroker = deployBehindProxy(owner, 'TicketBroker', 'TicketBroker')
  // The Minter pays whoever is registered under this name of an earlier version.
  register(owner, 'JobsManager', TicketBroker)
  const SortedDoublyLL = plan.deploy('SortedDoublyLL', [])
  const libraries = { SortedDoublyLL: SortedDoublyLL.address }
  const BondingManager = deployBehindProxy(owner, 'BondingManager', 'BondingManager', libraries)
  const rounds = adjustableRounds ? 'AdjustableRoundsManager' : 'RoundsManager'
  const RoundsManager = deployBehindProxy(owner, 'RoundsManager', rounds)
  const ServiceRegistry = deployBehindProxy(owner, 'ServiceRegistry', 'ServiceRegistry')
  register(owner, 'MerkleSnapshot', plan.deploy('MerkleSnapshot', [Controller.address]))
  // The tokens on the other side of the bridge count for inflation; without an answer no round can begin.
  register(owner, 'L2LPTDataCache', { address: plan.create(constantContract(0n)) })
  const PollCreator = plan.deploy('PollCreator', [BondingManager.address])
  register(owner, 'PollCreator', PollCreator)
  const LivepeerTokenFaucet = plan.deploy('LivepeerTokenFaucet', [LivepeerToken.address, ...FAUCET])
  register(owner, 'LivepeerTokenFaucet', LivepeerTokenFaucet)
  return {
    Controller,
    Minter,
    LivepeerToken,
    TicketBroker,
    BondingManager,
    RoundsManager,
    ServiceRegistry,
    LivepeerTokenFaucet,
    PollCreator,
  }
}

interface Owner {
  readonly plan: Plan
  readonly Controller: DeployedContract
}

function register({ plan, Controller }: Owner, name: string, { address }: Pick<DeployedContract, 'address'>): void {
  plan.call(Controller, 'setContractInfo', [id(name), address, NO_COMMIT])
}

function deployBehindProxy(
  owner: Owner,
  name: string,
  artifact: ArtifactName,
  libraries: Readonly<Record<string, string>> = {},
): DeployedContract {
  const { plan, Controller } = owner
  const target = plan.deploy(artifact, [Controller.address], libraries)
  register(owner, `${name}Target`, target)
  const { address } = plan.deploy('ManagerProxy', [Controller.address, id(`${name}Target`)])
  register(owner, name, { address })
  return { address, abi: target.abi }
}

function configure(plan: Plan, contracts: Contracts, parameters: ProtocolParameters): void {
  const { BondingManager, RoundsManager, TicketBroker, LivepeerToken, LivepeerTokenFaucet, Minter } = contracts
  plan.call(BondingManager, 'setUnbondingPeriod', [parameters.unbondingPeriod])
  plan.call(BondingManager, 'setNumActiveTranscoders', [parameters.numActiveTranscoders])
  plan.call(RoundsManager, 'setRoundLength', [parameters.roundLength])
  plan.call(RoundsManager, 'setRoundLockAmount', [parameters.roundLockAmount])
  plan.call(TicketBroker, 'setUnlockPeriod', [parameters.unlockPeriod])
  plan.call(TicketBroker, 'setTicketValidityPeriod', [parameters.ticketValidityPeriod])
  const minter = id('MINTER_ROLE')
  plan.call(LivepeerToken, 'grantRole', [minter, plan.deployer])
  plan.call(LivepeerToken, 'mint', [LivepeerTokenFaucet.address, FAUCET_SUPPLY])
  plan.call(LivepeerToken, 'mint', [plan.deployer, INITIAL_SUPPLY - FAUCET_SUPPLY])
  plan.call(LivepeerToken, 'grantRole', [minter, Minter.address])
  plan.call(LivepeerToken, 'grantRole', [id('BURNER_ROLE'), Minter.address])
}

/** Transactions of one account, whose addresses and nonces are known before any is sent: receipts are read at the end. */
class Plan {
  readonly deployer: string
  readonly #chain: Chain
  readonly #calls: { what: string; call: ChainCall }[] = []

  constructor(chain: Chain, deployer: string) {
    this.#chain = chain
    this.deployer = deployer
  }

  deploy(
    name: ArtifactName,
    args: readonly unknown[],
    libraries: Readonly<Record<string, string>> = {},
  ): DeployedContract {
    const artifact = readArtifact(name)
    const init = linkBytecode(artifact, libraries) + artifact.abi.encodeDeploy(args).slice(2)
    return { address: this.create(init, name), abi: artifact.abi }
  }

  create(data: string, what = 'a contract'): string {
    const nonce = this.#calls.length
    this.#calls.push({ what: `the deployment of ${what}`, call: { from: this.deployer, data, nonce } })
    return getCreateAddress({ from: this.deployer, nonce })
  }

  call({ address, abi }: DeployedContract, method: string, args: readonly unknown[]): void {
    const data = abi.encodeFunctionData(method, args)
    const nonce = this.#calls.length
    this.#calls.push({ what: method, call: { from: this.deployer, to: address, data, nonce } })
  }

  async done(): Promise<void> {
    const sent: string[] = []
    // One after the other: out of order, anvil now and then leaves one lying, and blocks would differ from run to run.
    for (const { what, call } of this.#calls) sent.push(await this.#chain.send(what, call))
    for (const [i, { what, call }] of this.#calls.entries()) await this.#chain.receipt(what, sent[i] ?? '', call)
  }
}
