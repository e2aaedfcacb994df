import { systemClock } from '@livepeer-node/sdk'
import type { Clock, Logger } from '@livepeer-node/sdk'
import type { Devnet, DevnetAccount } from '@livepeer-node/devnet'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { type Chain, type ChainOptions, identityOf, openChain, TransactionManager } from '../src/index.ts'
import type { TransactionManagerInit } from '../src/transactions/manager.ts'

/** A log that nobody reads. */
export const silent: Logger = recordedLog([])

export function quietLog(lines: LogLine[] = []): Logger {
  return recordedLog(lines)
}

export function connect(devnet: Devnet, more: Partial<ChainOptions> = {}): Promise<Chain> {
  const { rpc, controller, chainId } = devnet
  return openChain({ rpc: [rpc], controller, chainId, clock: systemClock, log: silent, ...more })
}

/** Sends for an account, and looks every few ms. */
export function managerOf(
  chain: Chain,
  account: DevnetAccount,
  more: Partial<TransactionManagerInit> & { clock?: Clock } = {},
): TransactionManager {
  const signer = identityOf(account.privateKey).transactions
  return new TransactionManager({
    chain,
    signer,
    journal: ':memory:',
    clock: systemClock,
    log: silent,
    pollMs: 5,
    lostAfterMs: 50,
    ...more,
  })
}
