import type { DevnetAccount } from './accounts.ts'
import type { Chain } from './chain.ts'
import { type Contracts, type DeployedContract, UNIT } from './deploy.ts'
import type { Rounds } from './rounds.ts'

/** More than a tenth of the supply each: rewards and fees are shared out in realistic proportions then. */
const STAKE = 700_000n * UNIT
const SPARE_TOKENS = 100_000n * UNIT
/** Of 10^6: orchestrators keep 10 % of rewards and 90 % of fees. */
const REWARD_CUT = 100_000n
const FEE_SHARE = 100_000n
/** Broadcasters’ deposit and reserve, wei. */
const DEPOSIT = UNIT
const RESERVE = 2n * UNIT
const FIRST_PORT = 8935

export interface SeedInit {
  readonly chain: Chain
  readonly contracts: Contracts
  readonly rounds: Rounds
  readonly accounts: readonly DevnetAccount[]
}

/**
 * Gives every account tokens, makes orchestrators active and broadcasters able to pay. Ends in the fourth round: rewards were
 * paid in the two rounds before, without which redeemed tickets lose part of their fees.
 */
export async function seed(init: SeedInit): Promise<void> {
  const { accounts, rounds } = init
  const [deployer, ...others] = accounts
  if (!deployer) return
  await rounds.advanceTo(1n)
  const orchestrators = others.filter(({ role }) => role === 'orchestrator')
  const broadcasters = others.filter(({ role }) => role === 'broadcaster')
  // One after the other, so that the blocks are the same every time.
  await giveTokens(init, deployer, others)
  for (const account of broadcasters) await fund(init, account)
  for (const [i, account] of orchestrators.entries()) await becomeOrchestrator(init, account, FIRST_PORT + i)
  if (orchestrators.length > 0) await rounds.advanceTo(4n)
}

async function giveTokens(init: SeedInit, deployer: DevnetAccount, others: readonly DevnetAccount[]): Promise<void> {
  const { LivepeerToken } = init.contracts
  for (const { address, role } of others) {
    const amount = role === 'orchestrator' ? STAKE + SPARE_TOKENS : SPARE_TOKENS
    await call(init.chain, deployer, LivepeerToken, { method: 'transfer', args: [address, amount] })
  }
}

async function fund({ chain, contracts: { TicketBroker } }: SeedInit, account: DevnetAccount): Promise<void> {
  const args = [DEPOSIT, RESERVE]
  await call(chain, account, TicketBroker, { method: 'fundDepositAndReserve', args, value: DEPOSIT + RESERVE })
}

async function becomeOrchestrator({ chain, contracts }: SeedInit, account: DevnetAccount, port: number): Promise<void> {
  const { BondingManager, LivepeerToken, ServiceRegistry } = contracts
  await call(chain, account, LivepeerToken, { method: 'approve', args: [BondingManager.address, STAKE] })
  await call(chain, account, BondingManager, { method: 'bond', args: [STAKE, account.address] })
  await call(chain, account, BondingManager, { method: 'transcoder', args: [REWARD_CUT, FEE_SHARE] })
  await call(chain, account, ServiceRegistry, { method: 'setServiceURI', args: [`https://127.0.0.1:${port}`] })
}

interface Call {
  readonly method: string
  readonly args: readonly unknown[]
  readonly value?: bigint
}

async function call(
  chain: Chain,
  { address: from }: DevnetAccount,
  { address: to, abi }: DeployedContract,
  { method, args, value = 0n }: Call,
): Promise<void> {
  await chain.transact(method, { from, to, data: abi.encodeFunctionData(method, args), value })
}
