import { type DescMessage, fromBinary, type MessageShape } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  adjustedPrice,
  checkSessionPrice,
  checkTerms,
  DEFAULT_DEPOSIT_MULTIPLIER,
  encodeTicketPayment,
  estimateFee,
  expectedValue,
  faceValueFor,
  feeOf,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  Rational,
  readPrice,
  readProfiles,
  readTerms,
  REDEEM_GAS_L1,
  roundOfTerms,
  type SegData,
  SegDataSchema,
  type TicketTerms,
  ticketsFor,
  type TranscodeResult,
  TranscodeResultSchema,
  TicketSeries,
  txCostMultiplier,
  winProbFor,
} from '../../src/index.ts'
import { type Exchange, recording, recordedMessages } from '../support/recorded.ts'
import { NO_ROUND, senderSigner } from './support.ts'

/** What go-livepeer's broadcaster sent with a segment, and what came back. */
interface Sale {
  readonly segment: SegData
  readonly header: string
  readonly result: TranscodeResult
}

/** One stream at one price: the offer that it began with, and its segments in order. */
interface Session {
  readonly name: string
  /** Wei per pixel before redeeming is added. */
  readonly basePrice: bigint
  readonly ev: bigint
  readonly offer: OrchestratorInfo
  readonly sales: readonly Sale[]
}

const exchanges = recording('onchain')
const sessions: readonly Session[] = [
  { name: 'at 1 wei', basePrice: 1n, ev: 10n ** 12n, ...between(3, 23) },
  { name: 'at 1.6 gwei', basePrice: 1_600_000_000n, ev: 10n ** 16n, ...between(45, 97) },
]

describe.each(sessions)('the recorded stream $name', ({ basePrice, ev, offer, sales }) => {
  it('has segments', () => expect(sales.length).toBeGreaterThan(2))

  it('is paid for with these very headers: price, credit, number of tickets, nonces, signatures', async () => {
    let info = offer
    let credit = Rational.ZERO
    const initial = readPrice(offer.priceInfo)
    for (const { segment, header, result } of sales) {
      const terms = termsOf(info)
      const price = checkSessionPrice(info.priceInfo, initial)
      const fee = estimateFee(readProfiles(segment), segment.duration, price)
      const { tickets, worth } = ticketsFor({ fee, credit, ev: expectedValue(terms) })
      checkTerms(terms, tickets, purchaseContext(terms))
      expect(await paymentFor(info, tickets)).toBe(header)
      credit = credit.plus(worth).minus(feeOf(pixelsOf(result), price))
      info = result.info ?? info
    }
  })

  it('is offered on terms that follow from the price of gas', () => {
    for (const { ticketParams, priceInfo } of [offer, ...sales.flatMap(({ result }) => result.info ?? [])]) {
      const terms = readTerms(ticketParams ?? missing('ticketParams'))
      expect(terms.winProb).toBe(winProbFor(terms.faceValue, ev))
      const gasPrice = terms.faceValue / 100n / REDEEM_GAS_L1
      const value = { ev, redeemGas: REDEEM_GAS_L1, gasPrice, maxFloat: terms.faceValue * 10n, maxFaceValue: 0n }
      expect(faceValueFor(value)).toBe(terms.faceValue)
      const multiplier = txCostMultiplier(terms.faceValue, REDEEM_GAS_L1 * gasPrice)
      expect(readPrice(priceInfo)).toEqual(adjustedPrice(Rational.of(basePrice), multiplier))
    }
  })

  it('never meets the same secret number twice', () => {
    const infos = [offer, ...sales.flatMap(({ result }) => result.info ?? [])]
    const hashes = infos.map((info) => Buffer.from(termsOf(info).recipientRandHash).toString('hex'))
    expect(new Set(hashes).size).toBe(infos.length)
  })
})

async function paymentFor(info: OrchestratorInfo, tickets: bigint): Promise<string> {
  const sender = senderSigner.address
  const price = info.priceInfo && { expectedPrice: info.priceInfo }
  if (tickets === 0n) return encodeTicketPayment({ sender, ...price })
  const terms = termsOf(info)
  const round = roundOfTerms(terms, NO_ROUND)
  const made = await new TicketSeries({ signer: senderSigner, terms, round }).create(Number(tickets))
  const signed = made.map(({ ticket: { senderNonce }, signature }) => ({ senderNonce, signature }))
  return encodeTicketPayment({ sender, ...price, purchase: { terms: { ...terms, round }, tickets: signed } })
}

function purchaseContext(terms: TicketTerms): Parameters<typeof checkTerms>[2] {
  return {
    limits: {
      maxTicketEv: Rational.of(10n ** 17n),
      maxTotalEv: Rational.of(10n ** 18n),
      depositMultiplier: DEFAULT_DEPOSIT_MULTIPLIER,
    },
    chain: { l1Block: terms.expirationBlock - 40n, round: terms.round?.creationRound ?? 0n },
    funds: () => ({
      deposit: 10n ** 19n,
      withdrawRound: 0n,
      reserve: { fundsRemaining: 10n ** 19n, claimedInCurrentRound: 0n },
    }),
  }
}

/** The last offer before the first segment of exchanges `first` to `last`, and all its segments. */
function between(first: number, last: number): Pick<Session, 'offer' | 'sales'> {
  const part = exchanges.filter(({ n }) => n >= first && n <= last)
  const sales = part.filter(({ path }) => path === '/segment').map(saleOf)
  const begun = part.findIndex(({ path }) => path === '/segment')
  const offer = part.slice(0, begun).findLast(({ path }) => path.endsWith('/GetOrchestrator')) ?? missing('offer')
  return { offer: message(OrchestratorInfoSchema, offer), sales }
}

function saleOf(exchange: Exchange): Sale {
  const raw = exchange.headerMessages?.find(({ type }) => type === 'Payment') ?? missing('payment')
  return {
    segment: message(SegDataSchema, exchange),
    header: raw.base64,
    result: message(TranscodeResultSchema, exchange),
  }
}

function message<D extends DescMessage>(schema: D, { n }: Exchange): MessageShape<D> {
  const found = recordedMessages('onchain').find(
    ({ where, type }) => where.startsWith(`onchain n ${n} `) && type === schema.name,
  )
  return fromBinary(schema, found?.bytes ?? missing(schema.name))
}

function termsOf({ ticketParams }: OrchestratorInfo): TicketTerms {
  return readTerms(ticketParams ?? missing('ticketParams'))
}

function pixelsOf({ result }: TranscodeResult): bigint {
  const segments = result.case === 'data' ? result.value.segments : []
  return segments.reduce((sum, { pixels }) => sum + pixels, 0n)
}

function missing(what: string): never {
  throw new Error(`The recording has no ${what}.`)
}
