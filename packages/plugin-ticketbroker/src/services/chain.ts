/** A round of the protocol, read from the chain at this moment. */
export interface RoundNow {
  /** By blocks, whether somebody has initialized it or not. */
  readonly number: bigint
  readonly initialized: boolean
}

/** An orchestrator as the contracts know it. */
export interface RegisteredOrchestrator {
  /** It takes part in this round. */
  readonly active: boolean
  /** It has bonded to itself. */
  readonly registered: boolean
  readonly lastRewardRound: bigint
  /** Where broadcasters are told to find it; empty: nowhere. */
  readonly serviceUri: string
}

/** A broadcaster's money, as far as it may leave. */
export interface OwnDeposit {
  /** Round from which on deposit and reserve can be taken out; 0: nobody asked for it. */
  readonly withdrawRound: bigint
}

/** What the services that run with each round ask of the chain. */
export interface ServiceChain {
  round(): Promise<RoundNow>
  /** Opens the round that runs, which this is; resolves when that is mined. */
  initializeRound(round: bigint): Promise<void>
  /** @param address `0x…` */
  orchestrator(address: string): Promise<RegisteredOrchestrator>
  /** Mints the reward of the round that runs, which this is, for the node's own account; resolves when that is mined. */
  reward(round: bigint): Promise<void>
  /** @param address `0x…` */
  deposit(address: string): Promise<OwnDeposit>
}

/** Looks at the chain from time to time, and does what is due. */
export interface ChainService {
  /** What to say when a look fails. */
  readonly complaint: string
  /** A new block has come, and the last look is over. What it throws is told; the next block tries again. */
  look(): Promise<void>
}
