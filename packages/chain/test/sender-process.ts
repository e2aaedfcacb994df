// A process that sends one transaction and is killed meanwhile.
import { type Logger, systemClock } from '@livepeer-node/sdk'
import { identityOf, openChain, TransactionManager } from '../src/index.ts'

const quiet = () => undefined
// The support of other tests would load half of the node before this process could begin.
const silent: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => silent }

const { RPC = '', CONTROLLER = '', KEY = '', JOURNAL = '' } = process.env
const chain = await openChain({ rpc: [RPC], controller: CONTROLLER, clock: systemClock, log: silent })
const signer = identityOf(KEY).transactions
const manager = new TransactionManager({ chain, signer, journal: JOURNAL, clock: systemClock, log: silent, pollMs: 5 })
await manager.send({ ...chain.contracts.ticketBroker.fund(5n, 0n), label: 'deposit' }, { key: 'deposit once' })
process.stdout.write('done\n')
setInterval(() => undefined, 1000)
