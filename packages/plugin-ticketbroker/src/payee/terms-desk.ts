import { type KeyObject, randomBytes } from 'node:crypto'
import {
  adjustedPrice,
  encodeMessage,
  type FaceValueInputs,
  faceValueFor,
  fromBytesBE,
  issueTerms,
  maxFloat,
  PriceInfoSchema,
  Rational,
  readPrice,
  roundForTickets,
  TicketParamsSchema,
  txCostMultiplier,
  writePrice,
  writeTerms,
} from '@livepeer-node/protocol'
import type { Quote } from '@livepeer-node/sdk'
import type { PayeeChain, PayeePosition } from './chain.ts'
import type { PriceList } from './price-list.ts'
import type { SenderMonitor } from './sender-monitor.ts'
import type { PayeeSettings } from './settings.ts'

const SEED_BYTES = 32

export interface TermsDeskInit {
  readonly settings: PayeeSettings
  readonly prices: PriceList
  readonly chain: PayeeChain
  readonly senders: SenderMonitor
  /** Face values of this sender that are being redeemed, wei. */
  readonly pending: (sender: Uint8Array) => bigint
  readonly secret: KeyObject
}

/** Makes terms for tickets (payments.md A6, A15). */
export class TermsDesk {
  readonly #init: TermsDeskInit

  constructor(init: TermsDeskInit) {
    this.#init = init
  }

  /**
   * New terms, each time others, even for one session (payments.md H61).
   * @param sessionPrice what the session agreed on; absent: the present price
   * @throws `LP_SENDER_RESERVE`, `LP_SENDER_UNKNOWN`, `LP_TICKET_ROUND`
   */
  async quote(sender: Uint8Array, sessionPrice?: Rational): Promise<Quote> {
    const { settings, chain, secret } = this.#init
    const base = sessionPrice ?? this.#init.prices.of(sender)
    const backed = base.sign > 0 ? await this.#backed(sender) : 0n
    const position = chain.position()
    const value = this.#value(position, backed)
    const priceInfo = writePrice(sessionPrice ?? this.#present(base, value))
    const terms = issueTerms({
      recipient: settings.recipient,
      sender,
      // As the broadcaster will read it: a price that does not fit its message is rounded there.
      price: readPrice(priceInfo),
      value,
      l1Block: position.l1Block,
      round: roundForTickets(position),
      secret,
      seed: fromBytesBE(randomBytes(SEED_BYTES)),
    })
    return {
      ticketParams: encodeMessage(TicketParamsSchema, writeTerms(terms)),
      priceInfo: encodeMessage(PriceInfoSchema, priceInfo),
    }
  }

  /** What this broadcaster is asked at the moment, while redeeming costs nothing: as a message tells it, wei per pixel. */
  leastPrice(sender: Uint8Array): Rational {
    const base = this.#init.prices.of(sender)
    const cut = this.#init.settings.autoAdjustPrice ? adjustedPrice(base, Rational.ZERO) : base
    return readPrice(writePrice(cut.sign > 0 ? cut : base))
  }

  /** Wei that the sender's reserve stands for. */
  async #backed(sender: Uint8Array): Promise<bigint> {
    const { funds, claimed } = await this.#init.senders.of(sender)
    const { poolSize } = this.#init.chain.position()
    return maxFloat({ funds, claimed, poolSize, pending: this.#init.pending(sender) })
  }

  #value({ gasPrice }: PayeePosition, backed: bigint): FaceValueInputs {
    const { ticketEv, redeemGas, maxFaceValue } = this.#init.settings
    return { ev: ticketEv, redeemGas, gasPrice, maxFloat: backed, maxFaceValue }
  }

  #present(base: Rational, value: FaceValueInputs): Rational {
    if (!this.#init.settings.autoAdjustPrice || base.sign <= 0) return base
    const adjusted = adjustedPrice(base, txCostMultiplier(faceValueFor(value), value.redeemGas * value.gasPrice))
    // It is cut to three decimals: a small price must not become a free service (payments.md H23).
    return adjusted.sign > 0 ? adjusted : base
  }
}
