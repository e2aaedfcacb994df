import { type Devnet, type DevnetAccount, type Snapshot, startDevnet } from '@livepeer-node/devnet'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Chain, TransactionManager, TransactionRequest } from '../src/index.ts'
import type { TransactionManagerInit } from '../src/transactions/manager.ts'
import { RpcRelay } from './rpc-relay.ts'
import { connect, managerOf } from './support.ts'

/** What a test of transactions works with. */
export class SendSetup {
  readonly #managers: TransactionManager[] = []
  readonly devnet: Devnet
  readonly relay: RpcRelay
  /** Through the relay. */
  readonly chain: Chain
  readonly account: DevnetAccount
  lines: LogLine[] = []

  constructor(devnet: Devnet, relay: RpcRelay, chain: Chain) {
    this.devnet = devnet
    this.relay = relay
    this.chain = chain
    this.account = devnet.account('spare')
  }

  /** Sends for the account. */
  open(more: Partial<TransactionManagerInit> = {}): TransactionManager {
    const manager = managerOf(this.chain, this.account, { log: recordedLog(this.lines), ...more })
    this.#managers.push(manager)
    return manager
  }

  fund(amount: bigint): TransactionRequest {
    return { ...this.chain.contracts.ticketBroker.fund(amount, 0n), label: `deposit ${amount}` }
  }

  async deposit(): Promise<bigint> {
    return (await this.chain.contracts.ticketBroker.readSender(this.account.address)).deposit
  }

  /** From now on blocks come only from `devnet.mine`. */
  async holdBlocks(): Promise<void> {
    await this.devnet.provider.send('evm_setAutomine', [false])
  }

  /** Transactions of the account that the chain has mined. */
  sent(): Promise<number> {
    return this.devnet.provider.getTransactionCount(this.account.address)
  }

  async reset(): Promise<void> {
    this.lines = []
    this.relay.interfere = () => undefined
    this.relay.after = () => undefined
    for (const manager of this.#managers.splice(0)) await manager.stop()
    await this.devnet.provider.send('evm_setAutomine', [true])
    await this.devnet.provider.send('anvil_dropAllTransactions', [])
  }
}

/** To be called once in a file; gives what a test works with, inside of tests. */
export function setUpSending(): () => SendSetup {
  let setup: SendSetup
  let snapshot: Snapshot
  beforeAll(async () => {
    const devnet = await startDevnet()
    snapshot = await devnet.snapshot()
    const relay = await RpcRelay.to(devnet.rpc)
    setup = new SendSetup(devnet, relay, await connect(devnet, { rpc: [relay.url] }))
  })
  afterAll(async () => {
    setup.chain.close()
    await setup.relay[Symbol.asyncDispose]()
    await setup.devnet.stop()
  })
  beforeEach(() => snapshot.revert())
  afterEach(() => setup.reset())
  return () => setup
}
