/** A round of the protocol, as a ticket names it (payments.md A1). */
export interface TicketRound {
  readonly creationRound: bigint
  /** 32 bytes; all zero where the chain has none. */
  readonly creationRoundBlockHash: Uint8Array
}

/** One lottery ticket (payments.md A1). The messages `Ticket` and `TicketParams` are other forms of parts of it. */
export interface LotteryTicket {
  /** Orchestrator that is paid, 20 bytes. */
  readonly recipient: Uint8Array
  /** Broadcaster that pays, 20 bytes. */
  readonly sender: Uint8Array
  /** Wei that a winner pays. */
  readonly faceValue: bigint
  /** Numerator over `MAX_WIN_PROB`. */
  readonly winProb: bigint
  /** 32 bits without sign; never twice with one `recipientRandHash`. */
  readonly senderNonce: number
  /** 32 bytes. */
  readonly recipientRandHash: Uint8Array
  readonly round: TicketRound
}

/** A ticket and the 65 bytes of its sender's signature. The draw depends on exactly these bytes. */
export interface SignedTicket {
  readonly ticket: LotteryTicket
  readonly signature: Uint8Array
}

/** A winner, with all that redeeming it takes. */
export interface WinningTicket extends SignedTicket {
  /** The recipient's secret behind `recipientRandHash`: revealed by redeeming. */
  readonly recipientRand: bigint
  /** L1 block from which on it may be revealed. */
  readonly expirationBlock: bigint
}

/** What an orchestrator offers: terms for up to 600 tickets (payments.md A6). */
export interface TicketTerms {
  readonly recipient: Uint8Array
  readonly faceValue: bigint
  readonly winProb: bigint
  readonly recipientRandHash: Uint8Array
  /** Random number that the orchestrator finds its secret again by. */
  readonly seed: bigint
  /** Good while the chain's L1 block is below it. */
  readonly expirationBlock: bigint
  /** Round that the tickets shall name; older orchestrators leave the choice to the broadcaster. */
  readonly round?: TicketRound
}

/** Where the chain stands. */
export interface ChainPosition {
  /** Latest L1 block. */
  readonly l1Block: bigint
  /** Latest initialized round. */
  readonly round: bigint
}

/** A sender's funds on chain, wei (payments.md B2). */
export interface SenderFunds {
  readonly deposit: bigint
  /** Round from which on it may be withdrawn; 0 = no unlock was asked for. */
  readonly withdrawRound: bigint
  readonly reserve: {
    readonly fundsRemaining: bigint
    readonly claimedInCurrentRound: bigint
  }
}
