import type { Ladder } from './profile.ts'

/** Who this node is on the chain. Off chain there is none: the address is zero and nothing is signed (wire.md §3). */
export interface Identity {
  /** 20 bytes. */
  readonly address: Uint8Array
  /** False: there is a key behind it. */
  readonly offchain: boolean
  /** 65 bytes over a 32-byte hash, as Ethereum's `personal_sign` makes them. May refuse: a signer has limits. */
  sign(hash: Uint8Array): Promise<Uint8Array>
}

/** An orchestrator that wants to be paid, as a broadcaster meets it. */
export interface PayerRequest {
  readonly streamId: string
  /** Service URI. */
  readonly orchestrator: string
  /** The encoded `OrchestratorInfo` (wire.md §4.3): price, terms, session. */
  readonly info: Uint8Array
}

/** What one segment asks for, before anything is known of its frames. */
export interface PayableWork {
  readonly ladder: Ladder
  readonly durationMs: number
}

/** Pays one orchestrator for one session. */
export interface Payer {
  /** What the orchestrator asks, wei per pixel as `n/d` in lowest terms; for people and for selection. */
  readonly price: string
  /**
   * May the session go on with the terms that it has? `stale`: fetch a new `OrchestratorInfo` first.
   * @throws what makes paying impossible (`LP_SENDER_…`: for every orchestrator; all else: for this one)
   */
  check(): 'good' | 'stale' | Promise<'good' | 'stale'>
  /** Puts a payment for a segment aside. Nothing is spent before `SegmentPayment.answered`. @throws as `check`, and `LP_PRICE_…` */
  pay(work: PayableWork): Promise<SegmentPayment>
  /** The same orchestrator's newer `OrchestratorInfo`: with a result, or fetched because this one was stale. */
  update(info: Uint8Array): void
  /** The session is over. */
  close(): void
  /** For people who look. */
  view?(): PayerView
}

/** How it stands with one orchestrator; all amounts as text, so that it can be shown and sent as it is. */
export interface PayerView {
  /** Wei per pixel, `n/d`. */
  readonly price: string
  /** Wei that the orchestrator holds of ours, `n/d`; negative: owed. */
  readonly credit: string
  /** Wei sent in this session, `n/d`: of tickets, their expected value. */
  readonly spent: string
  readonly tickets: number
}

/** The payment of one segment. `settle` is called exactly once, whatever happens. */
export interface SegmentPayment {
  /** Value of the `Livepeer-Payment` header; empty: free. */
  readonly header: string
  /** The orchestrator has answered, with whatever status: from now on it has the payment. `header` reads what it answered. */
  answered(header: (name: string) => string | undefined): void
  /** The end: pixels that it says it encoded, or `undefined` when there was no result. */
  settle(pixels: bigint | undefined): void
}

/** Who asks an orchestrator for its terms. */
export interface QuoteRequest {
  /** The broadcaster's address, 20 bytes. */
  readonly sender: Uint8Array
  /** The session, once there is one: its price stays what it was when the first payment came. */
  readonly sessionId?: string
}

/** What an orchestrator asks for. */
export interface Quote {
  /** Encoded `TicketParams`; absent: the scheme needs none. */
  readonly ticketParams?: Uint8Array
  /** Encoded `PriceInfo`. */
  readonly priceInfo: Uint8Array
}

/** A payment as it arrived. */
export interface IncomingPayment {
  /** Value of the `Livepeer-Payment` header. */
  readonly header: string | undefined
  readonly sessionId: string
}

/** Work that is paid for. */
export interface PaidWork {
  /** More headers for the answer: what our own broadcasters reconcile by. */
  readonly headers: Readonly<Record<string, string>>
  /** What was encoded, all renditions together; 0 where nothing came of it. */
  debit(pixels: bigint): void
}

/** Is paid by broadcasters for what an orchestrator does. */
export interface Payee {
  /** The orchestrator's address on chain, 20 bytes; in each `OrchestratorInfo`. */
  readonly address: Uint8Array
  /** @throws with the `wireText` that peers expect, as `insufficient sender reserve` */
  quote(request: QuoteRequest): Promise<Quote>
  /**
   * Takes a payment, and makes sure that it covers the work that is asked for. What won is on disk when it resolves.
   * @throws with the `wireText` that peers expect; the caller answers with status 400
   */
  receive(payment: IncomingPayment): Promise<PaidWork>
  /** The same without demanding cover: `POST /payment`. */
  credit(payment: IncomingPayment): Promise<void>
  /** The session is over. */
  endSession(sessionId: string): void
}

/** Something happened to money; for logs, metrics, and for people who watch. */
export interface PaymentReport {
  readonly event:
    | 'ticket-sent'
    | 'ticket-received'
    | 'ticket-won'
    | 'ticket-redeemed'
    | 'ticket-lost'
    | 'payment-refused'
    | 'transaction'
  /** One sentence. */
  readonly message: string
  /** Wei, where an amount is meant. */
  readonly amount?: bigint
  readonly fields?: Readonly<Record<string, unknown>>
}

/** A winning ticket that could be redeemed now. */
export interface RedemptionChoice {
  /** Wei. */
  readonly faceValue: bigint
  /** Wei that the transaction costs at the present price of gas. */
  readonly txCost: bigint
  /** `0x…` of its sender. */
  readonly sender: string
  /** Wei of the sender that could be paid out now. */
  readonly availableFunds: bigint
  /** Blocks until it can not be redeemed any more. */
  readonly blocksLeft: bigint
  /** Tickets that wait, this one included. */
  readonly waiting: number
}

/** `never` gives the money up. */
export type RedemptionVerdict = 'now' | 'later' | 'never'
