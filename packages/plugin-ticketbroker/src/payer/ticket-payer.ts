import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  type ChainPosition,
  checkSessionPrice,
  checkTerms,
  CREDIT_HEADER,
  CREDIT_OPEN_HEADER,
  encodeTicketPayment,
  estimateFee,
  feeOf,
  MAX_TICKETS_PER_TERMS,
  type PurchaseLimits,
  Rational,
  roundOfTerms,
  type SenderFunds,
  type SignedTicket,
  type Signer,
  type TicketRound,
  type TicketSeries,
} from '@livepeer-node/protocol'
import {
  isLivepeerError,
  type LivepeerError,
  type PayableWork,
  type Payer,
  type PayerRequest,
  type PayerView,
  type SegmentPayment,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { CreditAccount, type CreditReport, type Hold } from './credit-account.ts'
import { chargeExcess, priceAboveMax, ticketCount } from './errors.ts'
import { type Offer, readOffer } from './offer.ts'
import type { SeriesBook } from './series-book.ts'

/** An orchestrator may charge this many times what a segment was estimated to cost; what is above is not owed. */
const CHARGE_LIMIT = 2n
/** Signatures made before others have a turn: about 4 ms. */
const TICKETS_PER_TURN = 64
/** Characters of a balance that are read: an honest one has about 160 (payments.md H69), a long one would take seconds. */
const MAX_BALANCE_TEXT = 1000

/** What the broadcaster knows of the chain: last good state. Both throw only while nothing was ever known. */
export interface PayerChain {
  /** With the latest initialized round, for terms that name none. */
  position(): ChainPosition & { readonly ticketRound: TicketRound }
  /** The broadcaster's own. */
  funds(): SenderFunds
}

export interface PayerLimits extends PurchaseLimits {
  /** Wei per pixel; `undefined`: any. */
  readonly maxPrice?: Rational | undefined
}

export interface TicketPayerParts {
  readonly signer: Pick<Signer, 'address'>
  readonly chain: PayerChain
  readonly limits: PayerLimits
  readonly series: SeriesBook
  /** An orchestrator has a payment. */
  readonly sent: (payment: SentPayment) => void
  /** A payment could not be made. */
  readonly failed: () => void
}

/** A payment that an orchestrator has. */
export interface SentPayment {
  readonly orchestrator: string
  readonly streamId: string
  /** 20 bytes. */
  readonly recipient: Uint8Array
  readonly tickets: number
  /** Wei, expected value of the tickets together. */
  readonly worth: Rational
  /** Wei that a winner among them pays. */
  readonly faceValue: bigint
}

/** Pays one orchestrator for one session with lottery tickets (payments.md A11 to A14). */
export class TicketPayer implements Payer {
  readonly #request: Omit<PayerRequest, 'info'>
  readonly #parts: TicketPayerParts
  readonly #initialPrice: Rational
  #offer: Offer
  /** The latest `OrchestratorInfo` cannot be used. */
  #fault: LivepeerError | undefined
  /** Why nothing more is bought in this session, for good. */
  #broken: LivepeerError | undefined
  /** The offer whose terms take no more tickets. */
  #usedUp: Offer | undefined
  #account = new CreditAccount()
  #tickets = 0
  #worth = Rational.ZERO

  /** @throws what makes paying impossible, as `check`; `LP_TERMS_INVALID`: the orchestrator is not on the chain */
  constructor(request: PayerRequest, parts: TicketPayerParts) {
    const { streamId, orchestrator, info } = request
    this.#request = { streamId, orchestrator }
    this.#parts = parts
    this.#offer = readOffer(info)
    this.#initialPrice = this.#offer.price
    this.#checkPrice(this.#offer)
    this.#checkTerms(this.#offer, 1n)
  }

  get price(): string {
    return this.#offer.price.toString()
  }

  check(): 'good' | 'stale' {
    const offer = this.#usable()
    this.#checkPrice(offer)
    try {
      this.#checkTerms(offer, 1n)
    } catch (thrown) {
      if (isLivepeerError(thrown) && thrown.code === 'LP_TICKET_EXPIRED') return 'stale'
      throw thrown
    }
    return this.#usedUp === offer ? 'stale' : 'good'
  }

  async pay({ ladder, durationMs }: PayableWork): Promise<SegmentPayment> {
    const offer = this.#usable()
    const fee = estimateFee(ladder, durationMs, offer.price)
    const hold = this.#account.reserve({ fee, ev: offer.ev })
    try {
      this.#checkPrice(offer)
      const tickets = await this.#buy(offer, hold.tickets)
      return this.#payment(offer, { hold, fee }, tickets)
    } catch (thrown) {
      hold.cancel()
      this.#parts.failed()
      throw thrown
    }
  }

  update(info: Uint8Array): void {
    try {
      const offer = readOffer(info)
      // What was paid for another session, or to another recipient, does not count there.
      if (offer.account !== this.#offer.account) this.#account = new CreditAccount()
      this.#offer = offer
      this.#fault = undefined
    } catch (thrown) {
      this.#fault = toLivepeerError(thrown)
    }
  }

  close(): void {
    // What credit is left stays with the orchestrator, which forgets it with the session.
  }

  view(): PayerView {
    return {
      price: this.price,
      credit: this.#account.credit.toString(),
      spent: this.#worth.toString(),
      tickets: this.#tickets,
    }
  }

  #usable(): Offer {
    const fault = this.#broken ?? this.#fault
    if (fault) throw fault
    return this.#offer
  }

  #checkPrice({ priceInfo, price }: Offer): void {
    checkSessionPrice(priceInfo, this.#initialPrice)
    const { maxPrice } = this.#parts.limits
    if (maxPrice && price.isMoreThan(maxPrice)) throw priceAboveMax(price, maxPrice)
  }

  #checkTerms({ terms }: Offer, tickets: bigint): void {
    const { limits, chain } = this.#parts
    checkTerms(terms, tickets, { limits, chain: chain.position(), funds: () => chain.funds() })
  }

  #series({ terms }: Offer): TicketSeries {
    return this.#parts.series.seriesOf(terms, this.#parts.chain.position().ticketRound)
  }

  async #buy(offer: Offer, count: bigint): Promise<SignedTicket[]> {
    if (count === 0n) return []
    this.#checkTerms(offer, count)
    if (count > MAX_TICKETS_PER_TERMS) throw ticketCount(count, MAX_TICKETS_PER_TERMS)
    const series = this.#series(offer)
    // Then this fails, and the next `check` asks for new terms.
    if (series.left < count) this.#usedUp = offer
    const tickets: SignedTicket[] = []
    for (let left = Number(count); left > 0; left = Number(count) - tickets.length) {
      if (tickets.length > 0) await nextTurn()
      // All at once where they would be refused: then no nonce is spent.
      const some = series.left < left ? left : Math.min(left, TICKETS_PER_TURN)
      tickets.push(...(await series.create(some)))
    }
    return tickets
  }

  #payment(offer: Offer, { hold, fee }: Held, tickets: readonly SignedTicket[]): SegmentPayment {
    const { signer, chain } = this.#parts
    const first = tickets[0]
    const round = first?.ticket.round ?? roundOfTerms(offer.terms, chain.position().ticketRound)
    const header = encodeTicketPayment({
      sender: signer.address,
      expectedPrice: offer.priceInfo,
      ...(first && {
        purchase: {
          terms: { ...offer.terms, round },
          tickets: tickets.map(({ ticket: { senderNonce }, signature }) => ({ senderNonce, signature })),
        },
      }),
    })
    return {
      header,
      answered: (read) => {
        hold.answered(readCredit(read))
        this.#count(offer, hold)
      },
      settle: (pixels) => hold.settle(pixels === undefined ? undefined : this.#charge(offer, fee, pixels)),
    }
  }

  /** Nobody has counted the pixels but who is paid for them. */
  #charge({ price }: Offer, fee: Rational, pixels: bigint): Rational {
    const [charge, most] = [feeOf(pixels, price), fee.times(CHARGE_LIMIT)]
    if (!charge.isMoreThan(most)) return charge
    this.#broken ??= chargeExcess(charge, most)
    return most
  }

  #count({ terms }: Offer, { tickets, worth }: Hold): void {
    if (tickets === 0n) return
    this.#tickets += Number(tickets)
    this.#worth = this.#worth.plus(worth)
    const { recipient, faceValue } = terms
    this.#parts.sent({ ...this.#request, recipient, tickets: Number(tickets), worth, faceValue })
  }
}

/** Put aside for a segment, and what that was estimated to cost. */
interface Held {
  readonly hold: Hold
  /** Wei. */
  readonly fee: Rational
}

/** Peers of go-livepeer report none; what cannot be read is none either. */
function readCredit(read: (name: string) => string | undefined): CreditReport | undefined {
  const text = read(CREDIT_HEADER) ?? ''
  const balance = text.length <= MAX_BALANCE_TEXT ? Rational.parse(text) : undefined
  const undebited = read(CREDIT_OPEN_HEADER) ?? ''
  return balance && { balance, ...(/^\d{1,6}$/.test(undebited) && { undebited: Number(undebited) }) }
}
