import { existsSync } from 'node:fs'
import { optionInvalid } from './errors.ts'

/** How a local chain is started. */
export interface DevnetOptions {
  /** File that the chain is read from, if it is there, and written to when it ends; default: nothing is kept. */
  readonly state?: string
  /** Port on the loopback; default: any free one. */
  readonly port?: number
  /** Default 31337. */
  readonly chainId?: number
  /**
   * Seconds between blocks where there is nothing to mine; a transaction is mined at once in any case. Default: blocks are
   * only made by transactions and by `mine`, as tests want it.
   */
  readonly blockTime?: number
  /** Opens each round as it begins, and lets the orchestrators call `reward()`. Default: when there is a `blockTime`. */
  readonly keeper?: boolean
  /** Blocks per round. Default 50, with a keeper 60: tickets are redeemed 40 blocks after their terms were made. */
  readonly roundLength?: number
  /** Accounts that are active orchestrators from the start; default 1. */
  readonly orchestrators?: number
  /** Accounts with a deposit of 1 ETH and a reserve of 2 ETH; default 1. */
  readonly broadcasters?: number
  /** Accounts in all; default 10, and as many as the roles take. */
  readonly accounts?: number
  /** Wei per gas that each block burns; default: anvil's 1 gwei, falling while blocks are empty. */
  readonly baseFee?: bigint
  /** Seconds since 1970 of the first block, each next one a second later: the same calls give the same block hashes. */
  readonly timestamp?: number
  /** Rounds are moved by calls of `AdjustableRoundsManager`: for known answers. No accounts are given roles then. */
  readonly adjustableRounds?: boolean
}

export interface Settings {
  readonly state?: string
  readonly hasState: boolean
  readonly port: number
  readonly chainId: number
  readonly blockTime?: number
  readonly keeper: boolean
  readonly roundLength: number
  readonly orchestrators: number
  readonly broadcasters: number
  readonly accounts: number
  readonly baseFee?: bigint
  readonly timestamp?: number
  readonly adjustableRounds: boolean
}

/** Blocks whose state is kept in memory, so that calls at earlier blocks and reorganisations of this depth work. */
const KEPT_STATES = 256
/** Seconds between two writes of the state file, in case the chain has no proper end. */
const STATE_INTERVAL_S = 60
const DEFAULT_CHAIN_ID = 31_337
const DEFAULT_ACCOUNTS = 10

/** Fills in what was left out. @throws `LP_DEVNET_OPTION`. */
export function settle(options: DevnetOptions): Settings {
  const { keeper = options.blockTime !== undefined, adjustableRounds = false } = options
  const roles = adjustableRounds ? 0 : undefined
  const { orchestrators = roles ?? 1, broadcasters = roles ?? 1 } = options
  const settings: Settings = {
    ...options,
    hasState: options.state !== undefined && existsSync(options.state),
    port: options.port ?? 0,
    chainId: options.chainId ?? DEFAULT_CHAIN_ID,
    keeper,
    roundLength: options.roundLength ?? (keeper ? 60 : 50),
    orchestrators,
    broadcasters,
    accounts: options.accounts ?? Math.max(DEFAULT_ACCOUNTS, 1 + orchestrators + broadcasters),
    adjustableRounds,
  }
  check(settings)
  return settings
}

function check(settings: Settings): void {
  const { roundLength, orchestrators, broadcasters, accounts, blockTime, timestamp, hasState, adjustableRounds } =
    settings
  for (const [name, value] of Object.entries({ orchestrators, broadcasters, accounts })) {
    if (!Number.isSafeInteger(value) || value < 0) throw optionInvalid(`${name} must be 0 or more`, value)
  }
  if (accounts < 1 + orchestrators + broadcasters) throw optionInvalid('there are more roles than accounts', accounts)
  // Shorter ones end while they are being opened.
  if (!Number.isSafeInteger(roundLength) || roundLength < 10)
    throw optionInvalid('a round has 10 blocks or more', roundLength)
  if (blockTime !== undefined && !(blockTime > 0)) throw optionInvalid('a block takes more than 0 s', blockTime)
  // Time would go backwards.
  if (timestamp !== undefined && hasState)
    throw optionInvalid('a chain that is read from a file has its own time', timestamp)
  if (adjustableRounds && (settings.keeper || orchestrators + broadcasters > 0)) {
    throw optionInvalid('adjustable rounds go without keeper and without roles', adjustableRounds)
  }
}

/** Without a bound on states each block becomes a file in the home folder; web pages have no business here. */
const FIXED_ARGUMENTS = ['--prune-history', `${KEPT_STATES}`, '--disable-min-priority-fee', '--no-cors']

/** Anvil's command line. */
export function anvilArguments(settings: Settings): string[] {
  const { port, chainId, accounts, blockTime, state, baseFee, timestamp } = settings
  const values: [name: string, value: string | number | bigint | undefined][] = [
    ['--port', port],
    ['--chain-id', chainId],
    ['--accounts', accounts],
    ['--block-time', blockTime],
    ['--state', state],
    ['--state-interval', state === undefined ? undefined : STATE_INTERVAL_S],
    ['--block-base-fee-per-gas', baseFee],
    ['--timestamp', timestamp],
  ]
  const given = values.flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]))
  // With a block time alone every transaction would wait for the next block.
  return [...FIXED_ARGUMENTS, ...given, ...(blockTime === undefined ? [] : ['--mixed-mining'])]
}
