import { Rational } from '@livepeer-node/protocol'
import type { PaidWork, Payer, SegmentPayment } from '@livepeer-node/sdk'
import { aLadder } from '@livepeer-node/test-kit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { aMarket, type Market, TICKET_EV } from '../support/market.ts'

const work = { ladder: aLadder(), durationMs: 2000 }
const PIXELS = aLadder().reduce((sum, { width, height }) => sum + BigInt(width * height) * 60n, 0n)

/** What happens to a segment on its way. */
type Fate = 'well' | 'never arrives' | 'no answer' | 'no result' | 'fails'

interface Travelling {
  readonly fate: Fate
  readonly payment: SegmentPayment
  paid?: PaidWork
  answered: boolean
  /** The orchestrator is done with it. */
  worked: boolean
}

/** One session, whose messages are lost and overtake each other as a script says. */
class Conversation {
  readonly #market: Market
  readonly #payer: Payer
  readonly #out: Travelling[] = []
  /** The orchestrator works on these, one after the other. */
  readonly #queue: Travelling[] = []

  constructor(market: Market, payer: Payer) {
    this.#market = market
    this.#payer = payer
  }

  get isQuiet(): boolean {
    return this.#out.length === 0 && this.#queue.length === 0
  }

  async begin(fate: Fate): Promise<void> {
    this.#out.push({ fate, payment: await this.#payer.pay(work), answered: false, worked: false })
  }

  /** The next thing that can happen to one of those that are out. */
  async step(which: number): Promise<void> {
    const segment = this.#out[which % Math.max(1, this.#out.length)]
    if (!segment) return this.#work()
    const { fate, payment, paid } = segment
    if (fate === 'never arrives') return this.#end(segment, undefined)
    if (!paid) return await this.#receive(segment)
    if (fate === 'no answer') return this.#end(segment, undefined)
    if (!segment.answered) {
      segment.answered = true
      return payment.answered((name) => paid.headers[name])
    }
    if (fate === 'no result') return this.#end(segment, undefined)
    if (!segment.worked) return this.#work()
    this.#end(segment, fate === 'fails' ? undefined : PIXELS)
    this.#payer.update(await this.#market.info('one'))
  }

  async #receive(segment: Travelling): Promise<void> {
    segment.paid = await this.#market.receive(segment.payment.header, 'one')
    this.#queue.push(segment)
  }

  #work(): void {
    const segment = this.#queue.shift()
    if (!segment) return
    segment.worked = true
    segment.paid?.debit(segment.fate === 'fails' ? 0n : PIXELS)
  }

  #end(segment: Travelling, pixels: bigint | undefined): void {
    this.#out.splice(this.#out.indexOf(segment), 1)
    segment.payment.settle(pixels)
  }
}

const fate = fc.constantFrom<Fate>('well', 'well', 'well', 'never arrives', 'no answer', 'no result', 'fails')
const script = fc.array(fc.oneof(fate, fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)), { maxLength: 120 })
/** A segment costs less than a ticket, about one, and several. */
const price = fc.constantFrom('20', '600', '2000')

async function aConversation(market: Market) {
  const payer = market.payers.open({ streamId: 's', orchestrator: 'x', info: await market.info('one') })
  return { payer, talk: new Conversation(market, payer) }
}

it('credit that a lost segment took is left alone while its orchestrator may be at work on it', async () => {
  using market = aMarket({ pricePerUnit: '20' })
  const { talk } = await aConversation(market)
  for (let n = 0; n < 2; n++) {
    await talk.begin('well')
    while (!talk.isQuiet) await talk.step(0)
  }
  // Enough is left for one ticket's worth: none is bought, and the orchestrator demands one for each of two.
  await talk.begin('no answer')
  await talk.step(0)
  await talk.step(0)
  await talk.begin('well')
  await expect(talk.step(0)).resolves.toBeUndefined()
})

it('whatever is lost or overtaken: no payment is refused, and the accounts agree after a segment that went well', async () => {
  await fc.assert(
    fc.asyncProperty(price, script, async (pricePerUnit, events) => {
      using market = aMarket({ pricePerUnit })
      const { payer, talk } = await aConversation(market)
      for (const event of events) await (typeof event === 'number' ? talk.step(event) : talk.begin(event))
      while (!talk.isQuiet) await talk.step(0)
      await talk.begin('well')
      while (!talk.isQuiet) await talk.step(0)
      const ours = Rational.parse(payer.view?.().credit ?? '') ?? Rational.ZERO
      const apart = market.balance('one').minus(ours)
      expect(apart.sign).toBeGreaterThanOrEqual(0)
      expect(apart.compare(Rational.of(TICKET_EV))).toBeLessThanOrEqual(0)
    }),
    { numRuns: 100 },
  )
}, 120_000)
