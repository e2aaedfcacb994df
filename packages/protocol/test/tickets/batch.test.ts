import { describe, expect, it } from 'vitest'
import { type Signer, TicketSeries, type TicketTerms, verifyTicketSignature } from '../../src/index.ts'
import { HASH_FOO, RECIPIENT, ROUND_5, senderSigner } from './support.ts'

const terms: TicketTerms = {
  recipient: RECIPIENT,
  faceValue: 200n,
  winProb: 5n,
  recipientRandHash: HASH_FOO,
  seed: 1n,
  expirationBlock: 105n,
}

function series(signer: Signer = senderSigner, lastNonce?: number): TicketSeries {
  return new TicketSeries({ signer, terms, round: ROUND_5, ...(lastNonce !== undefined && { lastNonce }) })
}

function nonces(tickets: readonly { ticket: { senderNonce: number } }[]): number[] {
  return tickets.map(({ ticket }) => ticket.senderNonce)
}

describe('tickets on one set of terms', () => {
  it('are signed and have nonces of their own, 1 first', async () => {
    const tickets = series()
    const first = await tickets.create(4)
    expect(nonces(first)).toEqual([1, 2, 3, 4])
    for (const signed of first) expect(() => verifyTicketSignature(signed)).not.toThrow()
    expect(first[0]?.ticket).toEqual({
      recipient: RECIPIENT,
      sender: senderSigner.address,
      faceValue: 200n,
      winProb: 5n,
      senderNonce: 1,
      recipientRandHash: HASH_FOO,
      round: ROUND_5,
    })
    expect(nonces(await tickets.create(2))).toEqual([5, 6])
    expect(await tickets.create(0)).toEqual([])
  })

  it('made at the same time never share a nonce', async () => {
    const tickets = series()
    const made = await Promise.all([tickets.create(3), tickets.create(3), tickets.create(1)])
    expect(new Set(made.flatMap(nonces)).size).toBe(7)
  })

  it('go on after those that were made before', async () => {
    expect(nonces(await series(senderSigner, 41).create(1))).toEqual([42])
  })

  it('are 600 at most; beyond, none is made', async () => {
    const tickets = series(senderSigner, 598)
    await expect(tickets.create(3)).rejects.toThrow(
      expect.objectContaining({ code: 'LP_TICKET_NONCES_SPENT', observed: 3, limit: 2 }),
    )
    expect(nonces(await tickets.create(2))).toEqual([599, 600])
    expect(tickets.left).toBe(0)
  })

  it('that could not be signed have spent their nonces', async () => {
    let fails = true
    const signer: Signer = {
      ...senderSigner,
      sign: (hash) => (fails ? Promise.reject(new Error('locked')) : senderSigner.sign(hash)),
    }
    const tickets = series(signer)
    await expect(tickets.create(2)).rejects.toThrow(
      expect.objectContaining({
        code: 'LP_TICKET_SIGNING',
        wireText: expect.stringMatching(/^error signing ticket for session: 0x41b1.*: locked$/),
      }),
    )
    fails = false
    expect(nonces(await tickets.create(1))).toEqual([3])
  })
})
