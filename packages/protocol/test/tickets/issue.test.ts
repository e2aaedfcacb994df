import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  deriveRecipientRand,
  issueTerms,
  MAX_WIN_PROB,
  Rational,
  recipientRandHash,
  redemptionEnd,
  type RoundClock,
  roundForTickets,
  type TermsInputs,
  ticketSecret,
  winProbFor,
} from '../../src/index.ts'
import { HASH_FOO, HASH_H, NO_HASH, RECIPIENT, ROUND_5, senderSigner } from './support.ts'

const inputs: TermsInputs = {
  recipient: RECIPIENT,
  sender: senderSigner.address,
  price: Rational.of(3n, 2n),
  value: { ev: 5n, redeemGas: 10_000n, gasPrice: 100n, maxFloat: 10n ** 10n, maxFaceValue: 0n },
  l1Block: 1n,
  round: ROUND_5,
  secret: ticketSecret(),
  seed: 77n,
}

describe('terms', () => {
  it('are good for 40 blocks and commit to a number that only the key finds again', () => {
    const terms = issueTerms(inputs)
    expect(terms).toMatchObject({
      recipient: RECIPIENT,
      faceValue: 100_000_000n,
      expirationBlock: 41n,
      seed: 77n,
      round: ROUND_5,
    })
    expect(terms.winProb).toBe(winProbFor(100_000_000n, 5n))
    const rand = deriveRecipientRand(inputs.secret, {
      ...terms,
      sender: inputs.sender,
      price: inputs.price,
      round: ROUND_5,
    })
    expect(terms.recipientRandHash).toEqual(recipientRandHash(rand))
  })

  it('never commit to the same number for two seeds', () => {
    const seed = fc.bigInt({ min: 0n, max: MAX_WIN_PROB })
    fc.assert(
      fc.property(seed, seed, (a, b) => {
        fc.pre(a !== b)
        expect(issueTerms({ ...inputs, seed: a }).recipientRandHash).not.toEqual(
          issueTerms({ ...inputs, seed: b }).recipientRandHash,
        )
      }),
    )
  })

  it.each([0n, -1n])('of a free service (%s) are worth nothing and need no reserve', (price) => {
    const poor = { ...inputs.value, maxFloat: 0n }
    const terms = issueTerms({ ...inputs, price: Rational.of(price), value: poor })
    expect([terms.faceValue, terms.winProb]).toEqual([0n, 0n])
  })

  it('are refused to a sender without a reserve', () => {
    expect(() => issueTerms({ ...inputs, value: { ...inputs.value, maxFloat: 4n } })).toThrow(
      expect.objectContaining({ code: 'LP_SENDER_RESERVE' }),
    )
  })
})

describe('the round that tickets name', () => {
  const clock: RoundClock = { round: 5n, startBlock: 500n, lengthBlocks: 100n, validityRounds: 2n }
  const previous = { creationRound: 4n, creationRoundBlockHash: HASH_FOO }
  const hashless = { creationRound: 5n, creationRoundBlockHash: NO_HASH }
  const choose = (latest: typeof previous, l1Block: bigint, before = previous) =>
    roundForTickets({ latest, previous: before, clock, l1Block })
  const unusable = expect.objectContaining({ code: 'LP_TICKET_ROUND' })

  it('is the latest', () => {
    expect(choose({ creationRound: 5n, creationRoundBlockHash: HASH_H }, 599n)).toEqual({
      creationRound: 5n,
      creationRoundBlockHash: HASH_H,
    })
  })

  it('is the one before where the latest has no hash, as long as its tickets can be redeemed', () => {
    expect(choose(hashless, 500n)).toBe(previous)
    expect(choose(hashless, 558n)).toBe(previous)
    expect(() => choose(hashless, 559n)).toThrow(unusable)
  })

  it('does not exist when neither has a hash', () => {
    expect(() => choose(hashless, 500n, { creationRound: 4n, creationRoundBlockHash: NO_HASH })).toThrow(unusable)
  })

  it('is not worth naming when rounds are shorter than terms live', () => {
    const short = { ...clock, lengthBlocks: 20n }
    expect(() => roundForTickets({ latest: ROUND_5, previous, clock: short, l1Block: 519n })).toThrow(unusable)
  })

  it('can be redeemed until the second round after it begins', () => {
    expect(redemptionEnd(ROUND_5, clock)).toBe(700n)
    expect(redemptionEnd(previous, clock)).toBe(600n)
  })
})
