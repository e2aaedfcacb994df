import { describe, expect, it } from 'vitest'
import {
  isWinner,
  type LotteryTicket,
  MAX_WIN_PROB,
  recipientRandHash,
  recoverAddress,
  signTicket,
  ticketDraw,
  ticketHash,
  verifyTicketSignature,
} from '../../src/index.ts'
import { hex } from '../support/values.ts'
import { bytes, RECIPIENT, senderSigner, ticketOf, vectors } from './support.ts'

const { winning, losing, lottery, realRounds } = vectors

const base = ticketOf({
  recipient: RECIPIENT,
  sender: senderSigner.address,
  faceValue: BigInt(winning.faceValue),
  winProb: BigInt(winning.winProb),
  senderNonce: 1,
  recipientRandHash: bytes(winning.recipientRandHash),
  round: { creationRound: 1002n, creationRoundBlockHash: bytes(winning.creationRoundBlockHash) },
})
const rand = BigInt(winning.recipientRand)

interface Answer {
  readonly hash: string
  readonly signature: string
  readonly lottery: string
  readonly wins: boolean
}

async function expectAnswer(ticket: LotteryTicket, secret: bigint, answer: Answer): Promise<void> {
  const signature = await signTicket(senderSigner, ticket)
  expect(ticketHash(ticket)).toEqual(bytes(answer.hash))
  expect(signature).toEqual(bytes(answer.signature))
  expect(ticketDraw(signature, secret)).toBe(BigInt(answer.lottery))
  expect(isWinner({ ticket, signature }, secret)).toBe(answer.wins)
  expect(() => verifyTicketSignature({ ticket, signature })).not.toThrow()
}

describe('hash, signature and draw are those of the contract', () => {
  it('for a winner', () => expectAnswer(base, rand, winning))
  it('for a loser', () => expectAnswer({ ...base, winProb: 0n, senderNonce: 3 }, rand, losing))

  it('for a winner of a real round', () => {
    const round = { creationRound: 3n, creationRoundBlockHash: bytes(realRounds.creationRoundBlockHash) }
    return expectAnswer({ ...base, round }, rand, realRounds)
  })

  it.each(lottery.tickets)('for number $senderNonce of a lottery', (answer) => {
    const ticket = {
      ...base,
      senderNonce: Number(answer.senderNonce),
      faceValue: BigInt(lottery.recipientRandInputs.faceValue),
      winProb: BigInt(lottery.winProb),
      recipientRandHash: bytes(lottery.recipientRandHash),
    }
    return expectAnswer(ticket, BigInt(lottery.recipientRand), answer)
  })

  it('for one that was redeemed on a public chain', () => {
    const ticket = ticketOf({
      recipient: hex('a5E37e0BA14655e92DEff29F32adbc7D09b8a2cF'),
      sender: hex('3eE860A4abA830AF84EbBCE2b381fc11DB8493e2'),
      faceValue: 10_000_000_000_000_000n,
      winProb: 11_579_208_923_731_619_542_357_098_500_868_790_785_326_998_466_564_056_403_945_759_000_000_000_000n,
      senderNonce: 14,
      recipientRandHash: hex('5309662eee5608da45aaefe60433adec052acab8683dd12d78aad8a0192b3bec'),
      round: {
        creationRound: 1619n,
        creationRoundBlockHash: hex('f3b1d2925fd1325a8a6ba8923fbe6de31dd93d9e85540eaf5a306f21177c3b8c'),
      },
    })
    const signature = hex(
      '90cb8a9280386cc77e9f3473bb87530cf9a1dbe5625013a9ed16675ad7607c800bf4e32ee4cc6b9c785e1c786c9965831a8216c408b251f98d6c18bf1bf4d1621c',
    )
    const secret =
      31_838_803_992_704_255_588_716_800_748_284_438_047_369_588_248_489_535_212_488_229_909_862_636_233_406n
    expect(ticketHash(ticket)).toEqual(hex('d5104bbecf755deaa03acf83486f2414d749f5e9d98b9feb9a0ad3791413f7e4'))
    expect(recipientRandHash(secret)).toEqual(ticket.recipientRandHash)
    expect(ticketDraw(signature, secret)).toBe(0x00048748a6c474056ae4994bbf827c769bfff306709b6a484140e4dfc8a93d65n)
    expect(() => verifyTicketSignature({ ticket, signature })).not.toThrow()
    expect(isWinner({ ticket, signature }, secret)).toBe(true)
  })
})

describe('a signature', () => {
  it('over 32 plain bytes yields its key, unless s is high', () => {
    const hash = hex('b7da355477356fc4c47fcabcf232dc77a6db9b07b7e48b76261cc55cc8fbabb3')
    const good =
      '206443228e8f784bc3a122de0d85eb3ebff82d6a79cca26c7eeb907099a6404f6dff57bc6828f28bd6cd073c89d94cf3364204679ed8365fa45b5ee6af19a9841c'
    const highS =
      'e742ff452d41413616a5bf43fe15dd88294e983d3d36206c2712f39083d638bde0a0fc89be718fbc1033e1d30d78be1c68081562ed2e97af876f286f3453231d1b'
    expect(recoverAddress(hash, hex(good))).toEqual(hex('3BadDb1eeE2105893136A3F96c8a963E9C6309d6'))
    expect(() => recoverAddress(hash, hex(highS))).toThrow(
      expect.objectContaining({ wireText: 'signature s value too high' }),
    )
  })

  const signature = bytes(winning.signature)
  const flipped = Uint8Array.from(signature, (byte, i) => (i === 64 ? 55 - byte : byte))
  const zeroV = Uint8Array.from(signature, (byte, i) => (i === 64 ? byte - 27 : byte))

  it.each([
    ['of 64 bytes', signature.subarray(0, 64)],
    ['of 66 bytes', Uint8Array.of(...signature, 0)],
    ['with v of 0', zeroV],
    ['of another key', flipped],
    ['of no bytes', new Uint8Array()],
    ['of zeros', new Uint8Array(65)],
  ])('%s is no signature of the sender', (_, wrong) => {
    expect(() => verifyTicketSignature({ ticket: base, signature: wrong })).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_SIGNATURE', wireText: 'invalid ticket signature' }),
    )
  })

  const other = new Uint8Array(32).fill(1)
  it.each<[string, Partial<LotteryTicket>]>([
    ['recipient', { recipient: senderSigner.address }],
    ['sender', { sender: RECIPIENT }],
    ['face value', { faceValue: base.faceValue + 1n }],
    ['probability', { winProb: base.winProb - 1n }],
    ['nonce', { senderNonce: 2 }],
    ['secret', { recipientRandHash: other }],
    ['round', { round: { ...base.round, creationRound: 1003n } }],
    ['block hash', { round: { ...base.round, creationRoundBlockHash: other } }],
  ])('does not count for another %s', (_, change) => {
    expect(() => verifyTicketSignature({ ticket: { ...base, ...change }, signature })).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_SIGNATURE' }),
    )
  })
})

describe('the draw', () => {
  const signature = bytes(winning.signature)
  const draw = ticketDraw(signature, rand)

  it('wins below the probability, not at it', () => {
    const probabilities = [0n, draw, draw + 1n, MAX_WIN_PROB]
    const wins = probabilities.map((winProb) => isWinner({ ticket: { ...base, winProb }, signature }, rand))
    expect(wins).toEqual([false, false, true, true])
  })
})
