import { describe, expect, it } from 'vitest'
import {
  checkTerms,
  isUnlockingSoon,
  MAX_WIN_PROB,
  type PurchaseContext,
  Rational,
  roundOfTerms,
  type SenderFunds,
  type TicketTerms,
} from '../../src/index.ts'
import { NO_HASH, ROUND_5, RECIPIENT } from './support.ts'

const HALF = MAX_WIN_PROB / 2n
const terms: TicketTerms = {
  recipient: RECIPIENT,
  faceValue: 200n,
  winProb: HALF,
  recipientRandHash: new Uint8Array(32).fill(1),
  seed: 1n,
  expirationBlock: 105n,
  round: ROUND_5,
}
const funded: SenderFunds = {
  deposit: 1000n,
  withdrawRound: 0n,
  reserve: { fundsRemaining: 1000n, claimedInCurrentRound: 0n },
}

interface Changes {
  readonly funds?: Partial<SenderFunds>
  readonly limits?: Partial<PurchaseContext['limits']>
  readonly tickets?: bigint
}

function check(changedTerms: Partial<TicketTerms>, { funds, limits, tickets = 1n }: Changes = {}): void {
  checkTerms({ ...terms, ...changedTerms }, tickets, {
    limits: { maxTicketEv: Rational.of(150n), maxTotalEv: Rational.of(200n), depositMultiplier: 1n, ...limits },
    chain: { l1Block: 100n, round: 5n },
    funds: () => ({ ...funded, ...funds }),
  })
}

function refusal(code: string, wireText: string): unknown {
  return expect.objectContaining({ code, wireText })
}

describe('terms that a broadcaster can buy on', () => {
  it('pass', () => {
    expect(() => check({})).not.toThrow()
  })

  it('must be there', () => {
    const context = {
      limits: { maxTicketEv: Rational.ONE, maxTotalEv: Rational.ONE, depositMultiplier: 1n },
      chain: { l1Block: 0n, round: 0n },
      funds: () => funded,
    }
    expect(() => checkTerms(undefined, 1n, context)).toThrow(refusal('LP_TERMS_INVALID', 'ticketParams is nil'))
  })

  it.each([99n, 1n, 100n, 101n])('are not past, nor about to be: block %s of 100', (expirationBlock) => {
    expect(() => check({ expirationBlock })).toThrow(refusal('LP_TICKET_EXPIRED', 'TicketParams expired'))
  })

  it('have an expiry, some blocks away', () => {
    expect(() => check({ expirationBlock: 0n })).toThrow(
      refusal('LP_TERMS_INVALID', 'ticketParams expiration block is 0'),
    )
    expect(() => check({ expirationBlock: 102n })).not.toThrow()
  })

  it('cost nothing, then no funds are looked at', () => {
    expect(() => check({ winProb: 0n }, { funds: { deposit: 0n } })).not.toThrow()
    expect(() => check({ faceValue: 0n }, { funds: { withdrawRound: 5n } })).not.toThrow()
    expect(() => check({ winProb: 0n, expirationBlock: 99n })).toThrow(
      refusal('LP_TICKET_EXPIRED', 'TicketParams expired'),
    )
  })

  it('are a lottery', () => {
    expect(() => check({ faceValue: 1000n, winProb: MAX_WIN_PROB })).toThrow(
      refusal('LP_TICKET_FACE_VALUE', 'ticket faceValue too low faceValue=1000'),
    )
  })

  it('keep the expected value within the limits, equality included', () => {
    expect(() => check({ faceValue: 202n }, { limits: { maxTicketEv: Rational.ONE } })).toThrow(
      refusal('LP_TICKET_EV', 'ticket EV 101.00000 > max ticket EV 1.00000'),
    )
    expect(() => check({ faceValue: 202n }, { tickets: 1n })).not.toThrow()
    expect(() => check({ faceValue: 202n }, { tickets: 2n })).toThrow(
      refusal('LP_TICKET_EV', 'total ticket EV 202.00000 for 2 tickets > max total ticket EV 200.00000'),
    )
    // 3 of 2^256-1 is a whole number: its thirds are exact.
    const third = { faceValue: 300n, winProb: MAX_WIN_PROB / 3n }
    const exact = { maxTicketEv: Rational.of(100n), maxTotalEv: Rational.of(200n) }
    expect(() => check(third, { limits: exact, tickets: 2n })).not.toThrow()
    expect(() => check(third, { limits: { ...exact, maxTicketEv: Rational.of(299n, 3n) } })).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_EV' }),
    )
  })

  it.each([
    [300n, 5n, 61n, 'ticket faceValue 61 > max faceValue 60'],
    [399n, 2n, 200n, 'ticket faceValue 200 > max faceValue 199'],
    [1n, 2n, 111n, 'ticket faceValue 111 > max faceValue 0'],
  ])('stay within the deposit of %s divided by %s', (deposit, depositMultiplier, faceValue, text) => {
    const changes = { funds: { deposit }, limits: { depositMultiplier } }
    expect(() => check({ faceValue }, changes)).toThrow(refusal('LP_TICKET_FACE_VALUE', text))
  })

  it('at the bound of the deposit pass', () => {
    expect(() =>
      check({ faceValue: 199n }, { funds: { deposit: 399n }, limits: { depositMultiplier: 2n } }),
    ).not.toThrow()
  })
})

describe('a broadcaster', () => {
  it.each([4n, 2n, 6n])('whose funds leave in round %s (now 5) buys nothing', (withdrawRound) => {
    expect(() => check({}, { funds: { withdrawRound } })).toThrow(
      refusal('LP_SENDER_UNLOCKING', 'unable to validate sender: deposit and reserve is set to unlock soon'),
    )
  })

  it.each([0n, 7n, 100n])('whose funds stay (%s) does', (withdrawRound) => {
    expect(() => check({}, { funds: { withdrawRound } })).not.toThrow()
  })

  it('needs reserve and deposit', () => {
    const none = { fundsRemaining: 0n, claimedInCurrentRound: 0n }
    expect(() => check({}, { funds: { reserve: none, deposit: 0n } })).toThrow(
      refusal('LP_SENDER_FUNDS', 'no sender reserve'),
    )
    expect(() => check({}, { funds: { deposit: 0n } })).toThrow(refusal('LP_SENDER_FUNDS', 'no sender deposit'))
  })
})

it('funds that can be withdrawn in the next round are as good as gone', () => {
  const soon = [1n, 8n, 9n, 10n].map((round) => isUnlockingSoon({ withdrawRound: 10n }, { l1Block: 0n, round }))
  expect(soon).toEqual([false, false, true, true])
})

it('tickets name the orchestrator’s round, or the sender’s where it named none', () => {
  const own = { creationRound: 9n, creationRoundBlockHash: new Uint8Array(32).fill(9) }
  expect(roundOfTerms({ round: ROUND_5 }, own)).toBe(ROUND_5)
  for (const round of [
    { ...ROUND_5, creationRound: 0n },
    { ...ROUND_5, creationRoundBlockHash: NO_HASH },
  ]) {
    expect(roundOfTerms({ round }, own)).toBe(own)
  }
  expect(roundOfTerms({}, own)).toBe(own)
})
