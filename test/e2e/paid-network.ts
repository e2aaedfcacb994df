import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { Rational } from '@livepeer-node/protocol'
import { type DevnetFiles, writeDevnet } from '../../src/devnet/files.ts'
import { NodeProcess } from './node-process.ts'

/** What is bought: little work, so that the test is about money. */
export const RENDITION = { name: 'tiny', width: 160, height: 90, bitrate: 100_000, fps: 10 }
const ANY_PORT = '127.0.0.1:0'

export interface PaidNetworkOptions {
  /** Wei. */
  readonly ticketEv: bigint
  /** Wei. */
  readonly maxFaceValue: bigint
  /** Wei per pixel. */
  readonly price: bigint
  /** Bytes of two seconds of MPEG-TS. */
  readonly clip: Uint8Array
  readonly segments: number
}

/** What an orchestrator has in its store of a winner. */
export interface StoredWinner {
  readonly faceValue: bigint
  /** Wei that it brought; `undefined`: it is not redeemed. */
  readonly redeemed: bigint | undefined
}

/** A broadcaster and an orchestrator that transcodes, each a process, with money between them on a local chain. */
export class PaidNetwork implements AsyncDisposable {
  readonly devnet: Devnet
  readonly broadcaster: NodeProcess
  readonly orchestrator: NodeProcess
  readonly #folder: string

  private constructor(parts: { devnet: Devnet; broadcaster: NodeProcess; orchestrator: NodeProcess; folder: string }) {
    this.devnet = parts.devnet
    this.broadcaster = parts.broadcaster
    this.orchestrator = parts.orchestrator
    this.#folder = parts.folder
  }

  static async start(options: PaidNetworkOptions): Promise<PaidNetwork> {
    const folder = mkdtempSync(join(tmpdir(), 'livepeer-money-'))
    const devnet = await startDevnet({ blockTime: 1 })
    const files = await writeDevnet(folder, devnet)
    const orchestrator = await startOrchestrator(devnet, files, options)
    const [clip, ladder] = [join(folder, 'clip.ts'), join(folder, 'ladder.json')]
    writeFileSync(clip, options.clip)
    writeFileSync(ladder, JSON.stringify([RENDITION]))
    const broadcaster = await NodeProcess.startWith(
      { ...ENVIRONMENT, FEED_CLIP: clip, FEED_SEGMENTS: `${options.segments}` },
      'broadcaster',
      ...flags({
        config: join(import.meta.dirname, 'money/livepeer.config.ts'),
        'cli-addr': ANY_PORT,
        'rtmp-addr': ANY_PORT,
        'http-addr': ANY_PORT,
        'orch-addr': orchestrator.address('orchestrator'),
        'transcoding-options': ladder,
        'max-ticket-ev': `${2n * options.ticketEv}`,
        'max-total-ev': `${100n * options.ticketEv}`,
        ...chainFlags(devnet, files, 'broadcaster'),
      }),
    )
    return new PaidNetwork({ devnet, broadcaster, orchestrator, folder })
  }

  /** A part of a node's status. */
  async status(node: 'broadcaster' | 'orchestrator', section: string): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(new URL('/status', this[node].url('control')))
    const { sections } = (await answer.json()) as { sections: Record<string, Record<string, unknown>> }
    return sections[section] ?? {}
  }

  /** All that have won. */
  winners(): readonly StoredWinner[] {
    return this.#rows('SELECT face_value AS value, redeemed_amount AS paid FROM winners').map(({ value, paid }) => ({
      faceValue: BigInt(value ?? ''),
      redeemed: paid === null || paid === undefined ? undefined : BigInt(paid),
    }))
  }

  /** What the orchestrator still owes its broadcasters in work, wei. */
  credit(): Rational {
    const amounts = this.#rows('SELECT amount FROM balances').map(({ amount }) => Rational.parse(amount ?? ''))
    return amounts.reduce<Rational>((sum, amount) => sum.plus(amount ?? Rational.ZERO), Rational.ZERO)
  }

  /** What is left of the broadcaster's deposit, wei. */
  async deposit(): Promise<bigint> {
    const broker = this.devnet.contract('TicketBroker')
    const [account] = await broker.getFunction('getSenderInfo')(this.devnet.account('broadcaster').address)
    return BigInt(account.deposit)
  }

  /** What the contract says that it paid for each ticket, wei. */
  async transfers(): Promise<bigint[]> {
    const broker = this.devnet.contract('TicketBroker')
    const events = await broker.queryFilter('WinningTicketTransfer')
    return events.map((event) => BigInt(String(broker.interface.parseLog(event)?.args['amount'])))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of [this.broadcaster, this.orchestrator]) await node[Symbol.asyncDispose]()
    await this.devnet.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #rows(sql: string): readonly Readonly<Record<string, string | null>>[] {
    const database = new DatabaseSync(join(this.orchestrator.dataDir, 'tickets.sqlite'), { readOnly: true })
    try {
      // The columns that are asked for are text.
      return database.prepare(sql).all() as Record<string, string | null>[]
    } finally {
      database.close()
    }
  }
}

const ENVIRONMENT = { LP_TICKETBROKER_CONFIRMATIONS: '2', LP_TICKETBROKER_BLOCK_POLLING_INTERVAL: '0.5' }

function startOrchestrator(devnet: Devnet, files: DevnetFiles, options: PaidNetworkOptions): Promise<NodeProcess> {
  return NodeProcess.startWith(
    ENVIRONMENT,
    'orchestrator',
    '--transcoder',
    '--no-auto-adjust-price',
    ...flags({
      'service-addr': ANY_PORT,
      'cli-addr': ANY_PORT,
      'max-sessions': '10',
      'price-per-unit': `${options.price}`,
      'ticket-ev': `${options.ticketEv}`,
      'max-face-value': `${options.maxFaceValue}`,
      ...chainFlags(devnet, files, 'orchestrator'),
    }),
  )
}

function chainFlags(devnet: Devnet, { keystore, password }: DevnetFiles, role: 'broadcaster' | 'orchestrator') {
  return {
    network: 'devnet',
    'eth-url': devnet.rpc,
    'eth-controller': devnet.controller,
    'eth-acct-addr': devnet.account(role).address,
    'eth-keystore-path': keystore,
    'eth-password': password,
  }
}

function flags(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, value])
}
