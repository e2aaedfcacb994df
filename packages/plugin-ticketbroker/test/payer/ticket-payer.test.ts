import {
  CREDIT_HEADER,
  CREDIT_OPEN_HEADER,
  decodeMessage,
  decodeTicketPayment,
  encodeMessage,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  Rational,
} from '@livepeer-node/protocol'
import type { PayableWork } from '@livepeer-node/sdk'
import { aLadder } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { aMarket, type Market, TICKET_EV } from '../support/market.ts'

const work: PayableWork = { ladder: aLadder(), durationMs: 2000 }
const PIXELS = aLadder().reduce((sum, { width, height }) => sum + BigInt(width * height) * 60n, 0n)
const nothing = () => undefined

async function session(market: Market, change: (info: OrchestratorInfo) => void = nothing) {
  const read = decodeMessage(OrchestratorInfoSchema, await market.info('one'))
  change(read)
  const info = encodeMessage(OrchestratorInfoSchema, read)
  return market.payers.open({ streamId: 's', orchestrator: 'https://127.0.0.1:8935', info })
}

/** One segment that goes well. */
async function segment(market: Market, payer: Awaited<ReturnType<typeof session>>, sessionId = 'one') {
  const payment = await payer.pay(work)
  const paid = await market.receive(payment.header, sessionId)
  payment.answered((name) => paid.headers[name])
  paid.debit(PIXELS)
  payment.settle(PIXELS)
  payer.update(await market.info(sessionId))
  return decodeTicketPayment(payment.header)
}

describe('a payer', () => {
  it('agrees with its orchestrator to the wei after each segment', async () => {
    using market = aMarket()
    const payer = await session(market)
    for (let n = 0; n < 20; n++) {
      await segment(market, payer)
      expect(payer.view?.().credit).toBe(market.balance('one').toString())
    }
    const { tickets, spent } = payer.view?.() ?? {}
    const ev = Rational.parse(spent ?? '')?.dividedBy(Rational.of(BigInt(tickets ?? 0)))
    expect(ev?.floor()).toBe(TICKET_EV)
    expect(market.payers.status()).toMatchObject({ ticketsSent: tickets, paymentsFailed: 0 })
    expect(market.reports.every(({ event }) => event === 'ticket-sent')).toBe(true)
  })

  it('buys no more than it needs, and nothing where credit is left', async () => {
    using market = aMarket({ pricePerUnit: '1' })
    const payer = await session(market)
    const counts: number[] = []
    for (let n = 0; n < 40; n++) counts.push((await segment(market, payer)).purchase?.tickets.length ?? 0)
    expect(counts[0]).toBe(1)
    expect(counts.filter((count) => count === 0).length).toBeGreaterThan(30)
    expect(Math.max(...counts)).toBe(1)
  })

  it('says with each payment who pays and at which price', async () => {
    using market = aMarket()
    const payer = await session(market)
    const first = await segment(market, payer)
    expect(first.expectedPrice).toMatchObject({ pricePerUnit: 300n, pixelsPerUnit: 1n })
    expect(first.purchase?.tickets.map(({ senderNonce }) => senderNonce)).toEqual(
      first.purchase?.tickets.map((_, i) => i + 1),
    )
  })

  it('never uses a nonce twice, whoever gets the same terms', async () => {
    using market = aMarket()
    const info = await market.info('one')
    const [a, b] = ['a', 'b'].map((streamId) => market.payers.open({ streamId, orchestrator: 'x', info }))
    const payments = await Promise.all([a?.pay(work), b?.pay(work), a?.pay(work)])
    const nonces = payments.flatMap((payment) =>
      (decodeTicketPayment(payment?.header).purchase?.tickets ?? []).map(({ senderNonce }) => senderNonce),
    )
    expect(nonces.length).toBeGreaterThan(4)
    expect(new Set(nonces).size).toBe(nonces.length)
  })

  it('forgets terms that are past', async () => {
    using market = aMarket({ pricePerUnit: '600' })
    const payer = await session(market)
    for (let n = 0; n < 64; n++) await segment(market, payer)
    expect(market.payers.status()).toMatchObject({ knownTerms: 64 })
    market.chain.l1Block += 40n
    payer.update(await market.info('one'))
    await segment(market, payer)
    expect(market.payers.status()).toMatchObject({ knownTerms: 1 })
  })

  it('begins anew with another session of the same orchestrator', async () => {
    using market = aMarket()
    const payer = await session(market)
    await segment(market, payer)
    payer.update(await market.info('two'))
    expect(payer.view?.().credit).toBe('0')
    await segment(market, payer, 'two')
    expect(payer.view?.().credit).toBe(market.balance('two').toString())
  })

  it('a segment that was begun before is settled where it was paid', async () => {
    using market = aMarket()
    const payer = await session(market)
    const payment = await payer.pay(work)
    await market.receive(payment.header, 'one')
    payer.update(await market.info('two'))
    payment.answered(nothing)
    payment.settle(PIXELS)
    expect(payer.view?.().credit).toBe('0')
  })

  it('asks for new terms when one block is left', async () => {
    using market = aMarket()
    const payer = await session(market)
    market.chain.l1Block += 38n
    expect(payer.check()).toBe('good')
    market.chain.l1Block += 1n
    expect(payer.check()).toBe('stale')
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_TICKET_EXPIRED' })
    payer.update(await market.info('one'))
    expect(payer.check()).toBe('good')
  })

  it('asks for new terms when these take no more tickets', async () => {
    using market = aMarket({ pricePerUnit: '90000' })
    const payer = await session(market)
    const payments = [await payer.pay(work)]
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_TICKET_NONCES_SPENT' })
    expect(decodeTicketPayment(payments[0]?.header).purchase?.tickets.length).toBeGreaterThan(300)
    expect(payer.check()).toBe('stale')
    payer.update(await market.info('one'))
    expect(payer.check()).toBe('good')
  })

  it('pays nobody for whom one segment takes more tickets than anybody accepts', async () => {
    using market = aMarket({ pricePerUnit: '150000' })
    const payer = await session(market)
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_TICKET_COUNT', limit: 600 })
    expect(payer.view?.().credit).toBe('0')
    expect(market.payers.status()).toMatchObject({ paymentsFailed: 1 })
  })

  it('free work is paid with a price and no ticket, and needs no deposit', async () => {
    using market = aMarket({ pricePerUnit: '0' })
    market.chain.funds = { deposit: 0n, withdrawRound: 0n, reserve: { fundsRemaining: 0n, claimedInCurrentRound: 0n } }
    const payer = await session(market)
    const payment = decodeTicketPayment((await payer.pay(work)).header)
    expect(payment.purchase).toBeUndefined()
    expect(payment.expectedPrice).toMatchObject({ pricePerUnit: 0n })
  })
})

describe('a payer refuses', () => {
  it('a price above the limit, at the start and later', async () => {
    using market = aMarket({ limits: { maxPrice: Rational.of(300n) } })
    const payer = await session(market)
    await expect(session(market, dearer(301n))).rejects.toMatchObject({
      code: 'LP_PRICE_MAX',
      observed: '301',
      limit: '300',
    })
    payer.update(await changed(market, dearer(301n)))
    expect(() => payer.check()).toThrow(expect.objectContaining({ code: 'LP_PRICE_MAX' }))
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_PRICE_MAX' })
  })

  it('a price that has more than doubled since the session began', async () => {
    using market = aMarket()
    const payer = await session(market)
    payer.update(await changed(market, dearer(600n)))
    expect(payer.check()).toBe('good')
    payer.update(await changed(market, dearer(601n)))
    expect(() => payer.check()).toThrow(expect.objectContaining({ code: 'LP_PRICE_ROSE' }))
  })

  it('an orchestrator that is not on the chain', async () => {
    using market = aMarket()
    const off = session(market, (info) => {
      info.ticketParams = undefined
    })
    await expect(off).rejects.toMatchObject({ code: 'LP_TERMS_INVALID', wireText: 'ticketParams is nil' })
    const freeless = session(market, (info) => {
      info.priceInfo = undefined
    })
    await expect(freeless).rejects.toMatchObject({ wireText: 'missing orchestrator price' })
  })

  it('other terms under the same hash', async () => {
    using market = aMarket()
    const info = await market.info('one')
    const payer = market.payers.open({ streamId: 's', orchestrator: 'x', info })
    await payer.pay(work)
    const other = decodeMessage(OrchestratorInfoSchema, info)
    if (other.ticketParams) other.ticketParams.faceValue = Uint8Array.of(1, ...other.ticketParams.faceValue.slice(1))
    payer.update(encodeMessage(OrchestratorInfoSchema, other))
    await expect(payer.pay(work)).rejects.toMatchObject({ code: 'LP_TERMS_INVALID' })
  })

  it.each([
    ['nothing in its deposit', { deposit: 0n }, 'LP_SENDER_FUNDS'],
    ['nothing in its reserve', { reserve: { fundsRemaining: 0n, claimedInCurrentRound: 0n } }, 'LP_SENDER_FUNDS'],
    ['funds that may leave soon', { withdrawRound: 8n }, 'LP_SENDER_UNLOCKING'],
  ])('to pay with %s', async (_, funds, code) => {
    using market = aMarket()
    const payer = await session(market)
    market.chain.funds = { ...market.chain.funds, ...funds }
    expect(() => payer.check()).toThrow(expect.objectContaining({ code }))
    await expect(payer.pay(work)).rejects.toMatchObject({ code })
    expect(payer.view?.().credit).toBe('0')
  })

  it('what a result brings that is no info, with the next segment', async () => {
    using market = aMarket()
    const payer = await session(market)
    payer.update(Uint8Array.of(255, 255, 255))
    expect(() => payer.check()).toThrow(expect.objectContaining({ code: 'LP_MESSAGE_UNDECODABLE' }))
    payer.update(await market.info('one'))
    expect(payer.check()).toBe('good')
  })
})

it('headers that are no report change nothing', async () => {
  using market = aMarket()
  const payer = await session(market)
  const payment = await payer.pay(work)
  const before = payer.view?.().credit
  payment.answered((name) => ({ [CREDIT_HEADER]: 'much', [CREDIT_OPEN_HEADER]: '-1' })[name])
  payment.settle(0n)
  expect(before).toBe('0')
  expect(Rational.parse(payer.view?.().credit ?? '')?.floor()).toBeGreaterThan(TICKET_EV)
})

function dearer(pricePerUnit: bigint) {
  return (info: OrchestratorInfo) => {
    if (info.priceInfo) info.priceInfo.pricePerUnit = pricePerUnit
  }
}

async function changed(market: Market, change: (info: OrchestratorInfo) => void): Promise<Uint8Array> {
  const info = decodeMessage(OrchestratorInfoSchema, await market.info('one'))
  change(info)
  return encodeMessage(OrchestratorInfoSchema, info)
}
