import { join } from 'node:path'
import { type Chain, ChainWatcher, identityOf, openChain, TransactionManager } from '@livepeer-node/chain'
import type { Devnet } from '@livepeer-node/devnet'
import { MAX_WIN_PROB, recipientRandHash, signTicket, toAddress, type WinningTicket } from '@livepeer-node/protocol'
import { type PaymentReport, systemClock } from '@livepeer-node/sdk'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { BrokerChain } from '../../src/redemption/broker-chain.ts'
import { RedemptionQueue } from '../../src/redemption/queue.ts'
import { runRedemption } from '../../src/redemption/runner.ts'
import type { WinnerStore } from '../../src/redemption/tickets.ts'
import { TicketDatabase } from '../../src/store/database.ts'
import { WinnerTable } from '../../src/store/winners.ts'
import type { MortalRelay } from './mortal-relay.ts'

export const DEPTH = 2n

interface Parts {
  readonly chain: Chain
  readonly watcher: ChainWatcher
  readonly transactions: TransactionManager
  readonly database: TicketDatabase
  readonly lines: LogLine[]
  readonly options: RedeemerOptions
}

export interface RedeemerOptions {
  readonly folder: string
  /** The way to the chain; default: a direct one. */
  readonly relay?: MortalRelay
  /** Called in place of each settlement's write. */
  readonly onSettle?: (settle: () => void) => void
}

/** Redemption as a node does it: on disk in `folder`, on the chain behind `rpc`. It looks when it is told to. */
export class Redeemer implements AsyncDisposable {
  readonly store: WinnerTable
  readonly queue: RedemptionQueue
  readonly lines: LogLine[]
  readonly reports: PaymentReport[] = []
  readonly #parts: Parts
  readonly #stop: () => Promise<void>

  private constructor(parts: Parts) {
    this.#parts = parts
    this.lines = parts.lines
    const { chain, watcher, transactions, database } = parts
    this.store = new WinnerTable(database, systemClock)
    const account = transactions.address
    this.queue = new RedemptionQueue({
      chain: new BrokerChain({ chain, watcher, transactions, account, depth: DEPTH }),
      store: withSettling(this.store, parts.options.onSettle),
      decide: () => Promise.resolve(undefined),
      report: (report) => this.reports.push(report),
      log: recordedLog(this.lines),
      depth: DEPTH,
    })
    this.#stop = runRedemption(this.queue, {
      onBlock: (listener) => watcher.on('block', listener),
      onReorg: (listener) => watcher.on('reorg', (fork) => listener(fork.from)),
    })
  }

  static async start(devnet: Devnet, options: RedeemerOptions): Promise<Redeemer> {
    const { folder, relay } = options
    const rpc = relay?.url ?? devnet.rpc
    const lines: LogLine[] = []
    const log = recordedLog(lines)
    const chain = await openChain({ rpc: [rpc], controller: devnet.controller, clock: systemClock, log })
    const watcher = new ChainWatcher({ chain, clock: systemClock, log })
    await watcher.look()
    const transactions = new TransactionManager({
      chain,
      signer: identityOf(devnet.account('orchestrator').privateKey).transactions,
      journal: join(folder, 'transactions.sqlite'),
      clock: systemClock,
      log,
      pollMs: 5,
    })
    transactions.start()
    const database = TicketDatabase.open(join(folder, 'tickets.sqlite'))
    return new Redeemer({ chain, watcher, transactions, database, lines, options })
  }

  get position() {
    return this.#parts.watcher.position
  }

  /** Looks at the chain, and at all winners. */
  async look(): Promise<void> {
    await this.#parts.watcher.look()
    await this.queue.look()
  }

  /** Resolves when its relay is dead; without one never. */
  get died(): Promise<void> {
    return this.#parts.options.relay?.died ?? new Promise(() => {})
  }

  get isDead(): boolean {
    return this.#parts.options.relay?.isDead ?? false
  }

  /** It is dead: only what the system does for a process is done, which is to take its locks away. */
  abandon(): void {
    this.#parts.database.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    await this.#parts.transactions.stop()
    this.#parts.chain.close()
    this.#parts.database.close()
  }
}

function withSettling(store: WinnerTable, onSettle: RedeemerOptions['onSettle']): WinnerStore {
  if (!onSettle) return store
  return {
    unsettled: () => store.unsettled(),
    redeemedSince: (block) => store.redeemedSince(block),
    settle: (key, settlement) => onSettle(() => store.settle(key, settlement)),
    reopen: (key) => store.reopen(key),
  }
}

/** Tickets that win in any case, on terms that are over; signed by the broadcaster. */
export async function makeWinners(devnet: Devnet, { count, faceValue }: { count: number; faceValue: bigint }) {
  const rounds = devnet.contract('RoundsManager')
  const { round } = await devnet.round()
  const blockHash = String(await rounds.getFunction('blockHashForRound')(round))
  const recipientRand = BigInt(Math.floor(Math.random() * 2 ** 50))
  const sender = identityOf(devnet.account('broadcaster').privateKey).signer
  return await Promise.all(
    Array.from({ length: count }, async (_, n): Promise<WinningTicket> => {
      const ticket = {
        recipient: toAddress(Buffer.from(devnet.account('orchestrator').address.slice(2), 'hex')),
        sender: sender.address,
        faceValue,
        winProb: MAX_WIN_PROB,
        senderNonce: n + 1,
        recipientRandHash: recipientRandHash(recipientRand),
        round: { creationRound: round, creationRoundBlockHash: Buffer.from(blockHash.slice(2), 'hex') },
      }
      return { ticket, signature: await signTicket(sender, ticket), recipientRand, expirationBlock: 0n }
    }),
  )
}

/** What the contract says that it paid from this block on, in order. */
export async function transfers(devnet: Devnet, fromBlock: number): Promise<bigint[]> {
  const broker = devnet.contract('TicketBroker')
  const events = await broker.queryFilter('WinningTicketTransfer', fromBlock)
  return events.map((event) => BigInt(String(broker.interface.parseLog(event)?.args['amount'])))
}

/** Block of the last redemption. */
export async function redemptionBlock(devnet: Devnet): Promise<number> {
  const events = await devnet.contract('TicketBroker').queryFilter('WinningTicketRedeemed')
  return events.at(-1)?.blockNumber ?? -1
}
