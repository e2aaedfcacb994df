import {
  deriveRecipientRand,
  expectedValue,
  type FaceValueInputs,
  isWinner,
  issueTerms,
  Rational,
  recipientRandHash,
  sameBytes,
  ticketSecret,
} from '@livepeer-node/protocol'
import { SeededBytes } from './seeded.ts'
import { WORLD } from './world.ts'

/** A world to play in. */
export interface Scenario {
  /** Of its figures, in camel case. */
  readonly name: string
  readonly what: string
  readonly value: FaceValueInputs
}

export interface LotteryResult {
  readonly tickets: number
  readonly winners: number
  readonly faceValue: bigint
  /** Wei: face values of all winners. */
  readonly paid: bigint
  /** Wei: expected values of all tickets, exact. */
  readonly expected: Rational
  /** How far `paid` is from `expected`, in standard deviations. */
  readonly sigmas: number
  /** What redeeming all winners costs, as a share of what they paid. */
  readonly overheadPercent: number
}

const SENDER = new Uint8Array(20).fill(2)

/**
 * Plays so many payments of so many tickets, each payment on terms of its own: face value, probability, secret number and draw are
 * the real ones. Only signatures are seeded bytes.
 */
export function playLottery(scenario: Scenario, payments: number, ticketsPerPayment: number): LotteryResult {
  const { value } = scenario
  const { recipient, price, round, l1Block } = WORLD
  const bytes = new SeededBytes(scenario.name)
  const secret = ticketSecret(bytes.next().subarray(0, 32))
  const parties = { recipient, sender: SENDER, price, round, secret }
  let expected = Rational.ZERO
  let [winners, paid, faceValue] = [0, 0n, 0n]
  for (let payment = 0; payment < payments; payment++) {
    const terms = issueTerms({ ...parties, value, l1Block, seed: bytes.number() })
    const rand = deriveRecipientRand(secret, { ...terms, sender: SENDER, price, round })
    if (!sameBytes(recipientRandHash(rand), terms.recipientRandHash)) throw new Error('another secret number')
    faceValue = terms.faceValue
    expected = expected.plus(expectedValue(terms).times(BigInt(ticketsPerPayment)))
    for (let senderNonce = 1; senderNonce <= ticketsPerPayment; senderNonce++) {
      const ticket = { ...terms, sender: SENDER, senderNonce, round }
      if (!isWinner({ ticket, signature: bytes.signature() }, rand)) continue
      winners += 1
      paid += faceValue
    }
  }
  const tickets = payments * ticketsPerPayment
  const cost = BigInt(winners) * value.redeemGas * value.gasPrice
  return {
    tickets,
    winners,
    faceValue,
    paid,
    expected,
    sigmas: sigmas({ tickets, paid, expected, faceValue }),
    overheadPercent: paid === 0n ? 0 : Number(Rational.of(cost * 100n, paid).toFixed(6)),
  }
}

/** The number of winners is binomial: n tickets, probability p, so a deviation of √(n·p·(1−p)) face values. */
function sigmas({
  tickets,
  paid,
  expected,
  faceValue,
}: Pick<LotteryResult, 'tickets' | 'paid' | 'expected' | 'faceValue'>) {
  const faces = Number(Rational.of(paid).minus(expected).dividedBy(Rational.of(faceValue)).toFixed(9))
  const p = Number(expected.dividedBy(Rational.of(faceValue * BigInt(tickets))).toFixed(18))
  return faces / Math.sqrt(tickets * p * (1 - p))
}
