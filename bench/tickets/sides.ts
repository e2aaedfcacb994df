import { randomBytes } from 'node:crypto'
import {
  decodeSegmentHeader,
  decodeTicketPayment,
  encodeSegmentHeader,
  encodeTicketPayment,
  ethVerifier,
  issueTerms,
  keccak256,
  keySigner,
  NonceBook,
  type PaidTerms,
  Rational,
  receiveTickets,
  segmentData,
  signSegmentData,
  TicketSeries,
  ticketSecret,
  type TicketRound,
  verifySegmentData,
  writePrice,
} from '@livepeer-node/protocol'
import { LADDER } from '../lib/profiles.ts'

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

/** The headers of one segment. */
export interface Sent {
  readonly segment: string
  readonly payment: string
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

  /** All that a segment's headers and bytes are checked for. */
  take({ segment, payment }: Sent, video: Uint8Array): number {
    const data = decodeSegmentHeader(segment)
    verifySegmentData(ethVerifier, this.#sender, data)
    const good = this.receive(payment)
    if (Buffer.compare(keccak256(video), data.hash) !== 0) throw new Error('the hash is another')
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

/** A broadcaster's half: buys tickets, hashes and signs segments. */
export class Buyer {
  readonly #signer = keySigner(randomBytes(32))
  #seq = 0n

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

  /** Both headers of a segment. */
  async send(terms: PaidTerms, tickets: number, video: Uint8Array): Promise<Sent> {
    const facts = { manifestId: Buffer.from('bench'), seq: this.#seq++, hash: keccak256(video), durationMs: 2000 }
    const data = await signSegmentData(this.#signer, segmentData({ ...facts, ladder: LADDER }))
    return { segment: encodeSegmentHeader(data), payment: await this.pay(terms, tickets) }
  }
}
