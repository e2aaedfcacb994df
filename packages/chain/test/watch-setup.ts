import { type Devnet, type Snapshot, startDevnet } from '@livepeer-node/devnet'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Chain, ChainWatcher } from '../src/index.ts'
import { RpcRelay } from './rpc-relay.ts'
import { connect } from './support.ts'

/** What a test of the watcher works with. All but the chain's process are new for each test. */
export interface WatchSetup {
  devnet: Devnet
  relay: RpcRelay
  /** Through the relay. */
  chain: Chain
  clock: FakeClock
  lines: LogLine[]
  /** Has looked once. */
  watcher: ChainWatcher
}

/** To be called once in a file. The fields are there inside of tests. */
export function setUpWatcher(): WatchSetup {
  // Filled in below, before the first test.
  const setup = {} as WatchSetup
  let snapshot: Snapshot
  beforeAll(async () => {
    setup.devnet = await startDevnet()
    snapshot = await setup.devnet.snapshot()
  })
  afterAll(() => setup.devnet.stop())
  beforeEach(async () => {
    await snapshot.revert()
    setup.relay = await RpcRelay.to(setup.devnet.rpc)
    setup.clock = new FakeClock()
    setup.lines = []
    const { clock, lines, devnet, relay } = setup
    setup.chain = await connect(devnet, { rpc: [relay.url], clock })
    setup.watcher = new ChainWatcher({ chain: setup.chain, clock, log: recordedLog(lines) })
    await setup.watcher.look()
  })
  afterEach(async () => {
    await setup.watcher.stop()
    setup.chain.close()
    await setup.relay[Symbol.asyncDispose]()
  })
  return setup
}
