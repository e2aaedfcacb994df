import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  deriveRecipientRand,
  fromBytesBE,
  isWinner,
  keySigner,
  type RandInputs,
  Rational,
  recipientRandHash,
  referenceRecipientRand,
  signTicket,
  ticketDraw,
  ticketHash,
  ticketSecret,
  toHex,
} from '../../src/index.ts'
import { hex } from '../support/values.ts'
import { bytes, HASH_FOO, NO_ROUND, ROUND_5, ratio, ticketOf, vectors } from './support.ts'

const SECRET = ticketSecret(hex(`03${'00'.repeat(31)}`))
const base: RandInputs = {
  seed: fromBytesBE(hex(`00${'ab'.repeat(31)}`)),
  sender: keySigner(new Uint8Array(32).fill(1)).address,
  faceValue: 100_000_000n,
  winProb: 5_789_604_461_865_809_771_178_549_250_434_395_392_663_499_233_282_028_201_972_879_200_395_660n,
  expirationBlock: 41n,
  price: Rational.ONE,
  round: ROUND_5,
}

describe('the reference’s secret number', () => {
  it.each<[string, Partial<RandInputs>, string]>([
    ['A', {}, 'b64b7c4f0a10acdc4c8753370a4eafa9716092041ffad762b83d61bfdd46ab70'],
    [
      'B',
      { seed: 1n, expirationBlock: 256n, price: ratio('3/1000') },
      '3b96f2593445d0435de95dc8f655faba70bb9e99a002127cfb9c2cfd6ca32306',
    ],
    [
      'C',
      { seed: 1n, faceValue: 0n, winProb: 0n, expirationBlock: 256n, price: Rational.ZERO },
      'f0051cdd070aef1b239eb6337a09f5a253e06eec411439bc16ec4f5766811786',
    ],
    [
      'D',
      { seed: 1n, faceValue: 1000n, winProb: 2n ** 255n, price: ratio('1/3'), round: NO_ROUND },
      'c77f5600906888ff3490dfe36a420d2169a1542344b501c40dc782d16113b73d',
    ],
  ])('%s', (_, changes, rand) => {
    expect(referenceRecipientRand(SECRET, { ...base, ...changes })).toBe(BigInt(`0x${rand}`))
  })

  it.each([
    [
      'b64b7c4f0a10acdc4c8753370a4eafa9716092041ffad762b83d61bfdd46ab70',
      '96a221f9174e265b969fe6ba192976108fdb92b34a9690af19986a6fe295a4c2',
    ],
    [
      '3b96f2593445d0435de95dc8f655faba70bb9e99a002127cfb9c2cfd6ca32306',
      '7736ff8c104899ea649892a9da86028ca947a74ca23268e00c8abbd337b89ba0',
    ],
    [
      'f0051cdd070aef1b239eb6337a09f5a253e06eec411439bc16ec4f5766811786',
      '7df34b300eb913b56a9ff736866a86147c2acd6ce71af89bb01e9acb97d49738',
    ],
  ])('%s is committed to by its hash', (rand, hash) => {
    expect(toHex(recipientRandHash(BigInt(`0x${rand}`)))).toBe(hash)
  })

  it('decides over a ticket', async () => {
    const secret = referenceRecipientRand(SECRET, base)
    const ticket = ticketOf({
      ...base,
      recipient: hex('73AEd7b5dEb30222fa896f399d46cC99c7BEe57F'),
      senderNonce: 1,
      recipientRandHash: recipientRandHash(secret),
    })
    const signature = await signTicket(keySigner(new Uint8Array(32).fill(1)), ticket)
    expect(toHex(ticketHash(ticket))).toBe('58ec23697f6ddedd80bc116aba29daf1e6aa4cd1b3c5c85709066b7fd1e5acea')
    expect(toHex(signature)).toBe(
      '8d7c0c06f145e37d3fff1f525d7c13b50dc0b6f9104f43b39f37103163e9de4602de54f6f76d6eb290d3402f212c58bcc1c49fce5486f6a9ad0e2fc845df3a8d1b',
    )
    expect(ticketDraw(signature, secret)).toBe(0xaece0c32c57a976d522eb4c9a5be51b3ec870fd3855402fddd2303dfdab4f3a0n)
    expect(isWinner({ ticket, signature }, secret)).toBe(false)
  })

  it('is that of a lottery whose winners the contract knew', () => {
    const { recipientRandInputs: given, recipientRand, recipientRandHash: hash } = vectors.lottery
    const rand = referenceRecipientRand(ticketSecret(bytes(given.secret)), {
      seed: BigInt(given.seed),
      sender: bytes(given.sender),
      faceValue: BigInt(given.faceValue),
      winProb: BigInt(given.winProb),
      expirationBlock: BigInt(given.expirationBlock),
      price: Rational.of(BigInt(given.priceNum), BigInt(given.priceDenom)),
      round: { creationRound: 1002n, creationRoundBlockHash: HASH_FOO },
    })
    expect(rand).toBe(BigInt(recipientRand))
    expect(recipientRandHash(rand)).toEqual(bytes(hash))
  })
})

describe('our secret number', () => {
  const fair: RandInputs = { ...base, expirationBlock: 0x0410n, price: Rational.of(0x04b0n) }
  const shifted: RandInputs = { ...base, expirationBlock: 0x041004n, price: Rational.of(0xb0n) }

  it('changes when bytes move from one value into the next, where the reference’s does not', () => {
    expect(referenceRecipientRand(SECRET, shifted)).toBe(referenceRecipientRand(SECRET, fair))
    expect(deriveRecipientRand(SECRET, shifted)).not.toBe(deriveRecipientRand(SECRET, fair))
  })

  const number = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n })
  const block = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const inputs: fc.Arbitrary<RandInputs> = fc.record({
    seed: number,
    sender: fc.uint8Array({ minLength: 20, maxLength: 20 }),
    faceValue: number,
    winProb: number,
    expirationBlock: number,
    price: fc.tuple(number, fc.bigInt({ min: 1n, max: 2n ** 63n })).map(([n, d]) => Rational.of(n, d)),
    round: fc.record({ creationRound: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }), creationRoundBlockHash: block }),
  })

  it('is found again from the same values, and not from others or with another key', () => {
    fc.assert(
      fc.property(inputs, inputs, (one, other) => {
        const rand = deriveRecipientRand(SECRET, one)
        expect(deriveRecipientRand(SECRET, { ...one })).toBe(rand)
        expect(deriveRecipientRand(ticketSecret(), one)).not.toBe(rand)
        for (const key of Object.keys(one) as (keyof RandInputs)[]) {
          const changed = { ...one, [key]: other[key] }
          expect(deriveRecipientRand(SECRET, changed) === rand).toBe(isSame(one[key], other[key]))
        }
      }),
      { numRuns: 50 },
    )
  })
})

function isSame(a: unknown, b: unknown): boolean {
  return textOf(a) === textOf(b)
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}` : part))
}
