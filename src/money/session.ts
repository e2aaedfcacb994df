import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Chain,
  findAccount,
  type KeyedIdentity,
  checksummed,
  openChain,
  type Receipt,
  type PendingTransaction,
  TransactionManager,
  type TransactionProgress,
  type TransactionRequest,
  unlock,
} from '@livepeer-node/chain'
import type { Signer } from '@livepeer-node/protocol'
import { type Logger, systemClock } from '@livepeer-node/sdk'
import type { ChainSettings, KeySettings } from './settings.ts'

/** Longer than any wait: the chain's own timers do not keep the process alive. */
const ALIVE_MS = 60_000
/** Between two looks at a transaction, ms: somebody is waiting. */
const POLL_MS = 250

export interface SessionInit {
  readonly settings: ChainSettings
  readonly keys: KeySettings
  readonly log: Logger
  /** Asked once, before the first transaction. */
  readonly password: (address: string) => Promise<string>
}

/** A transaction that is over. */
export interface Sent {
  readonly label: string
  readonly hash: string
  readonly block: bigint
  readonly gasUsed: bigint
  /** Wei that the gas cost. */
  readonly cost: bigint
}

/** One command's talk with the chain. */
export class ChainSession implements AsyncDisposable {
  readonly chain: Chain
  readonly settings: ChainSettings
  readonly #init: SessionInit
  readonly #alive = setInterval(() => undefined, ALIVE_MS)
  #opened: Promise<KeyedIdentity> | undefined
  #manager: TransactionManager | undefined

  private constructor(init: SessionInit, chain: Chain) {
    this.#init = init
    this.settings = init.settings
    this.chain = chain
  }

  /** @throws `LP_CHAIN_…` */
  static async open(init: SessionInit): Promise<ChainSession> {
    const { rpc, controller, chainId, minGasPrice } = init.settings
    const id = chainId === undefined ? {} : { chainId }
    const chain = await openChain({ rpc, controller, minGasPrice, clock: systemClock, log: init.log, ...id })
    return new ChainSession(init, chain)
  }

  /** Whose affairs these are, with checksum: the account that is named, else the only one with a key here. @throws `LP_ACCOUNT_…` */
  async account(): Promise<string> {
    const { account, keystore } = this.#init.keys
    return account === undefined ? (await findAccount(keystore)).address : checksummed(account)
  }

  /** Signs what goes to other nodes. @throws `LP_ACCOUNT_…`, `LP_KEY_…` */
  async signer(): Promise<Signer> {
    return (await this.#identity()).signer
  }

  /** Opens the key, if it is not open: before anything is sent, so that a wrong password costs nothing. @throws `LP_KEY_…` */
  async unlock(): Promise<void> {
    this.#manager ??= await this.#openManager()
  }

  /** What earlier commands have sent, and nobody has seen the end of: it goes on with this one. */
  async earlier(): Promise<readonly PendingTransaction[]> {
    await this.unlock()
    this.#manager?.start()
    return this.#manager?.pending() ?? []
  }

  /** Sends, and resolves when it is mined. @throws `LP_TX_…` */
  async send(request: TransactionRequest, onProgress: (progress: TransactionProgress) => void): Promise<Sent> {
    await this.unlock()
    if (!this.#manager) throw new TypeError('unlocked without a manager')
    const receipt = await this.#manager.send(request, { onProgress })
    return sentOf(request.label, receipt)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#manager?.stop()
    this.chain.close()
    clearInterval(this.#alive)
  }

  #identity(): Promise<KeyedIdentity> {
    this.#opened ??= this.#openKey()
    return this.#opened
  }

  async #openKey(): Promise<KeyedIdentity> {
    const address = await this.account()
    return unlock({ dir: this.#init.keys.keystore, address, password: await this.#init.password(address) })
  }

  async #openManager(): Promise<TransactionManager> {
    const { log, settings } = this.#init
    const identity = await this.#identity()
    await mkdir(settings.dataDir, { recursive: true })
    return new TransactionManager({
      chain: this.chain,
      signer: identity.transactions,
      // Not the node's: a node that runs follows its own.
      journal: join(settings.dataDir, 'commands.sqlite'),
      clock: systemClock,
      log,
      pollMs: POLL_MS,
      ...(settings.maxGasPrice !== undefined && { maxGasPrice: settings.maxGasPrice }),
      ...(settings.transactionTimeoutMs !== undefined && { replaceAfterMs: settings.transactionTimeoutMs }),
    })
  }
}

function sentOf(label: string, { transactionHash: hash, block, gasUsed, gasPrice }: Receipt): Sent {
  return { label, hash, block, gasUsed, cost: gasUsed * gasPrice }
}
