import type { Chain } from '@livepeer-node/chain'
import { ether } from '../amounts.ts'
import { type Check, failed, ok, warning } from './check.ts'

/** A chain that has had no block for so long is one that an endpoint has lost, s. */
const OLD_BLOCK_S = 600n
/** Transactions that an account should be able to pay for. */
const TRANSACTIONS = 20n
/** Gas of one, with room. */
const GAS = 400_000n

/** Is the chain there, and does the protocol go on? */
export async function chainChecks(chain: Chain, now: number): Promise<Check[]> {
  const [head, round] = await Promise.all([chain.block(), chain.contracts.roundsManager.readRound()])
  const age = head ? BigInt(Math.floor(now / 1000)) - head.timestamp : undefined
  const block = `chain ${chain.chainId}, block ${head?.number ?? '-'}`
  const isOld = age === undefined || age > OLD_BLOCK_S
  return [
    isOld
      ? warning('chain', `${block} is ${age ?? '?'} s old`, 'Use another endpoint: this one may have stopped.')
      : ok('chain', `${block}, ${age < 0n ? 0n : age} s old`),
    round.initialized
      ? ok('round', `${round.current} is initialized`)
      : failed('round', `${round.current} is not initialized`, 'Wait, or `livepeer round initialize`.'),
  ]
}

/** Can the account pay for its transactions? */
export async function gasCheck(chain: Chain, account: string): Promise<Check> {
  const [balance, price] = await Promise.all([chain.provider.getBalance(account), chain.gasPrice()])
  const needed = TRANSACTIONS * GAS * price
  const found = `${ether(balance)}; ${TRANSACTIONS} transactions cost ${ether(needed)} (${GAS} gas × ${price} wei × ${TRANSACTIONS})`
  if (balance === 0n) return failed('gas', found, `Send Ether to ${account}.`)
  return balance < needed ? warning('gas', found, `Send ${ether(needed - balance)} to ${account}.`) : ok('gas', found)
}
