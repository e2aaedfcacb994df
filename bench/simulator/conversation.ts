import {
  decodeMessage,
  estimatePixels,
  expectedValue,
  OrchestratorInfoSchema,
  Rational,
  readTerms,
} from '@livepeer-node/protocol'
import type { PaidWork, Payee, Payer, SegmentPayment } from '@livepeer-node/sdk'
import { LADDER } from '../lib/profiles.ts'
import { infoOf } from './parties.ts'
import type { SeededBytes } from './seeded.ts'

const DURATION_MS = 2000
const PIXELS = estimatePixels(LADDER, DURATION_MS)

export interface ConversationInit {
  readonly payee: Payee
  /** What the orchestrator holds for the session, wei. */
  readonly held: () => Rational
  /** Opens a payer on the first `OrchestratorInfo`. */
  readonly open: (info: Uint8Array) => Payer
  /** 20 bytes. */
  readonly sender: Uint8Array
  readonly sessionId: string
  readonly chance: SeededBytes
  /** Of the requests, of the answers' headers and of the results. */
  readonly lossPercent: number
  /** Ends the orchestrator's process and starts the next one, in so many percent of its segments while it works on them. */
  readonly crash?: { readonly percent: number; restart(): void }
}

/** What was seen of one stream. */
export interface Conversed {
  readonly delivered: number
  readonly lost: number
  /** Refused by the orchestrator, by their text. */
  readonly refused: readonly string[]
  /** After each delivered segment: how far the two balances were apart, in expected values of one ticket. */
  readonly apart: readonly Rational[]
}

/** One broadcaster's session with one orchestrator, over a wire that loses messages. Its segments go one after the other. */
export class Conversation {
  readonly #init: ConversationInit
  readonly #apart: Rational[] = []
  readonly #refused: string[] = []
  #lost = 0

  constructor(init: ConversationInit) {
    this.#init = init
  }

  async segments(count: number): Promise<Conversed> {
    const payer = this.#init.open(await this.#info())
    for (let n = 0; n < count; n++) {
      if ((await payer.check()) === 'stale') payer.update(await this.#info())
      await this.#segment(payer)
    }
    payer.close()
    return { delivered: this.#apart.length, lost: this.#lost, refused: this.#refused, apart: this.#apart }
  }

  async #segment(payer: Payer): Promise<void> {
    const payment = await payer.pay({ ladder: LADDER, durationMs: DURATION_MS })
    const pixels = this.#pixels()
    if (this.#isLost()) return this.#lose(payment)
    const paid = await this.#receive(payment)
    if (!paid) return
    if (this.#hasCrashed()) return this.#lose(payment)
    // The orchestrator goes on, whether its answer arrives or not.
    paid.debit(pixels)
    const info = await this.#info()
    if (this.#isLost()) return this.#lose(payment)
    payment.answered((name) => paid.headers[name])
    if (this.#isLost()) return this.#lose(payment)
    payment.settle(pixels)
    this.#compare(payer, info)
    payer.update(info)
  }

  async #receive(payment: SegmentPayment): Promise<PaidWork | undefined> {
    const { payee, sessionId } = this.#init
    try {
      return await payee.receive({ header: payment.header, sessionId })
    } catch (error) {
      this.#refused.push(error instanceof Error ? error.message : String(error))
      payment.answered(() => undefined)
      payment.settle(undefined)
      return undefined
    }
  }

  #compare(payer: Payer, info: Uint8Array): void {
    const { ticketParams } = decodeMessage(OrchestratorInfoSchema, info)
    const reckoned = Rational.parse(payer.view?.().credit ?? '')
    if (!ticketParams || !reckoned) throw new Error('a balance is not told')
    const difference = reckoned.minus(this.#init.held())
    this.#apart.push(absolute(difference).dividedBy(expectedValue(readTerms(ticketParams))))
  }

  #lose(payment: SegmentPayment): void {
    this.#lost += 1
    payment.settle(undefined)
  }

  #hasCrashed(): boolean {
    const { crash, chance } = this.#init
    if (!crash || !chance.chance(crash.percent)) return false
    crash.restart()
    return true
  }

  #isLost(): boolean {
    return this.#init.chance.chance(this.#init.lossPercent)
  }

  /** 90 to 100 % of what is expected. */
  #pixels(): bigint {
    return (PIXELS * (900n + (this.#init.chance.number() % 101n))) / 1000n
  }

  #info(): Promise<Uint8Array> {
    return infoOf(this.#init.payee, this.#init)
  }
}

function absolute(value: Rational): Rational {
  return value.sign < 0 ? value.negated() : value
}
