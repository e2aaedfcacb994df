import { type Chain, identityOf, openChain, TransactionManager } from '@livepeer-node/chain'
import type { DevnetInfo } from '@livepeer-node/devnet'
import { type Logger, systemClock } from '@livepeer-node/sdk'
import { noRole } from './errors.ts'

const LOOK_MS = 100
/** Blocks: more take a busy machine longer than a request may. */
const MINED_AT_ONCE = 50n

/** Opens a local chain for `work`. */
export async function onDevnet<T>(info: DevnetInfo, log: Logger, work: (chain: Chain) => Promise<T>): Promise<T> {
  const { rpc, chainId, controller } = info
  const chain = await openChain({ rpc: [rpc], chainId, controller, clock: systemClock, log })
  // The chain's own timers do not keep the process alive.
  const alive = setInterval(() => undefined, 60_000)
  try {
    return await work(chain)
  } finally {
    chain.close()
    clearInterval(alive)
  }
}

/** Sends Ether (wei) and tokens (smallest parts) from a spare account to this one. */
export async function fund(
  chain: Chain,
  info: DevnetInfo,
  gift: { readonly to: string; readonly wei: bigint; readonly tokens: bigint; readonly log: Logger },
): Promise<void> {
  const spare = info.accounts.find(({ role }) => role === 'spare')
  if (!spare) throw noRole('spare')
  const { to, wei, tokens, log } = gift
  const signer = identityOf(spare.privateKey).transactions
  const manager = new TransactionManager({
    chain,
    signer,
    journal: ':memory:',
    clock: systemClock,
    log,
    pollMs: LOOK_MS,
  })
  try {
    if (wei > 0n) await manager.send({ label: 'send Ether', to, data: '0x', value: wei })
    if (tokens > 0n) await manager.send({ label: 'send tokens', ...chain.contracts.token.transfer(to, tokens) })
  } finally {
    await manager.stop()
  }
}

/** Mines empty blocks. */
export async function mine({ provider }: Chain, blocks: bigint): Promise<void> {
  for (let left = blocks; left > 0n; left -= MINED_AT_ONCE) {
    const count = left < MINED_AT_ONCE ? left : MINED_AT_ONCE
    await provider.send('anvil_mine', [`0x${count.toString(16)}`])
  }
}

/** Mines to the first block of the next round, and resolves with its number when the chain's keeper has opened it. */
export async function nextRound(chain: Chain): Promise<bigint> {
  const { roundsManager } = chain.contracts
  const { current, startBlock, lengthBlocks } = await roundsManager.readRound()
  const head = await chain.block()
  await mine(chain, startBlock + lengthBlocks - (head?.number ?? startBlock))
  for (;;) {
    const round = await roundsManager.readRound()
    if (round.current > current && round.initialized) return round.current
    await systemClock.sleep(LOOK_MS)
  }
}
