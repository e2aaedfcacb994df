import { randomBytes } from 'node:crypto'
import {
  decodeTicketPayment,
  encodeTicketPayment,
  issueTerms,
  keySigner,
  NonceBook,
  type PaidTerms,
  Rational,
  receiveTickets,
  TicketSeries,
  ticketSecret,
  type TicketRound,
  writePrice,
} from '@livepeer-node/protocol'

/** 750 wei a pixel and what redeeming costs. */
const PRICE = Rational.of(757_500n, 1000n)
const L1_BLOCK = 20_000_000n
const ROUND: TicketRound = { creationRound: 3500n, creationRoundBlockHash: new Uint8Array(32).fill(0x5a) }
/** What go-livepeer asks for on Arbitrum at 0.01 gwei. */
const VALUE = {
  ev: 8_000_000_000n,
  redeemGas: 1_200_000n,
  gasPrice: 10_000_000n,
  maxFloat: 10n ** 17n,
  maxFaceValue: 0n,
}

/** An orchestrator's half: issues terms, checks all that comes with a segment. */
export class Seller {
  readonly address = keySigner(randomBytes(32)).address
  readonly #sender: Uint8Array
  readonly #secret = ticketSecret()
  readonly #nonces = new NonceBook()

  constructor(sender: Uint8Array) {
    this.#sender = sender
  }

  /** New ones, with a seed of their own. */
  terms(): PaidTerms {
    const seed = BigInt(`0x${randomBytes(32).toString('hex')}`)
    const facts = { recipient: this.address, sender: this.#sender, price: PRICE, value: VALUE, l1Block: L1_BLOCK }
    return { ...issueTerms({ ...facts, round: ROUND, secret: this.#secret, seed }), round: ROUND }
  }

  /** Decodes a payment and checks each of its tickets: terms, signature, draw, nonce, expiry. @returns good ones */
  receive(payment: string): number {
    let good = 0
    for (const { error } of receiveTickets(decodeTicketPayment(payment), this.#context())) if (!error) good += 1
    return good
  }

  #context(): Parameters<typeof receiveTickets>[1] {
    return {
      secret: this.#secret,
      recipient: this.address,
      chain: { l1Block: L1_BLOCK, round: ROUND.creationRound },
      funds: { withdrawRound: 0n },
      nonces: this.#nonces,
    }
  }
}

/** A broadcaster's half: buys tickets and signs them. */
export class Buyer {
  readonly #signer = keySigner(randomBytes(32))

  get address(): Uint8Array {
    return this.#signer.address
  }

  /** The header of a payment with so many new tickets. */
  async pay(terms: PaidTerms, tickets: number): Promise<string> {
    const made = await new TicketSeries({ signer: this.#signer, terms, round: terms.round }).create(tickets)
    const signed = made.map(({ ticket: { senderNonce }, signature }) => ({ senderNonce, signature }))
    const purchase = { terms, tickets: signed }
    return encodeTicketPayment({ sender: this.address, expectedPrice: writePrice(PRICE), purchase })
  }
}
