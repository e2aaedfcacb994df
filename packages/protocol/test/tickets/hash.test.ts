import { describe, expect, it } from 'vitest'
import {
  auxData,
  ethSignDigest,
  type LotteryTicket,
  packTicket,
  readAuxData,
  recipientRandHash,
  ticketHash,
  toHex,
} from '../../src/index.ts'
import { bytes, HASH_FOO, HASH_H, NO_HASH, ticketOf, vectors } from './support.ts'

describe('the ticket hash', () => {
  const known: readonly [string, Partial<LotteryTicket>][] = [
    ['e1393fc7f6de093780674022f96cb8e3872235167d037c04d554e58c0e63d280', { senderNonce: 4_294_967_295 }],
    ['ce0918ba94518293e9712effbe5fca4f1f431089833a5b8c257cb1e024595f68', { senderNonce: 1 }],
    ['87ef13f2d37e4d5352a01d3c77b8179d80e0887f1953bfabfd0bfd7b0f689ddd', { faceValue: 1n, winProb: 500n }],
    ['aa4b35071043587992ac8b9dd1b2cf1d8311130e6458cf0b2342484e21af5f5b', { faceValue: 500n, winProb: 1n }],
    [
      '81e353ae39046e2b77b9f996abbaeed527fda559b61ef90f299c4499dd508ccc',
      { recipient: bytes('0x73AEd7b5dEb30222fa896f399d46cC99c7BEe57F') },
    ],
    ['be5eaf9a49a39540b9bb02f1a21904f61324a29819e2c032824bfaa10c100b17', { recipientRandHash: HASH_FOO }],
    [
      'e502907c16036ab3d11b78c5a2e93c20f3d6415c67f91de4ed01348182b3b2e2',
      { round: { creationRound: 10n, creationRoundBlockHash: HASH_FOO } },
    ],
    ['cfd23b6298abaea12ade48cd472295893b7facf37c92f425e50722a72ed084ac', {}],
  ]

  it.each(known)('is %s', (hash, fields) => {
    expect(toHex(ticketHash(ticketOf(fields)))).toBe(hash)
  })

  it('and all that leads to it are those of a ticket that the contract redeemed', () => {
    const { winning } = vectors
    const ticket = ticketOf({
      recipient: bytes(winning.recipient),
      sender: bytes(winning.sender),
      faceValue: BigInt(winning.faceValue),
      winProb: BigInt(winning.winProb),
      senderNonce: Number(winning.senderNonce),
      recipientRandHash: bytes(winning.recipientRandHash),
      round: { creationRound: 1002n, creationRoundBlockHash: bytes(winning.creationRoundBlockHash) },
    })
    expect(auxData(ticket.round)).toEqual(bytes(winning.auxData))
    expect(packTicket(ticket)).toEqual(bytes(winning.packed))
    expect(ticketHash(ticket)).toEqual(bytes(winning.hash))
    expect(ethSignDigest(ticketHash(ticket))).toEqual(bytes(winning.digest))
    expect(recipientRandHash(BigInt(winning.recipientRand))).toEqual(bytes(winning.recipientRandHash))
  })
})

describe('aux data', () => {
  const zeros = '00'.repeat(32)
  const five = `${'00'.repeat(31)}05`
  const known: readonly [bigint, Uint8Array, string][] = [
    [0n, HASH_H, zeros + toHex(HASH_H)],
    [5n, NO_HASH, five + zeros],
    [5n, HASH_H, five + toHex(HASH_H)],
    [0n, NO_HASH, ''],
  ]

  it.each(known)('of round %s', (creationRound, creationRoundBlockHash, expected) => {
    const round = { creationRound, creationRoundBlockHash }
    expect(toHex(auxData(round))).toBe(expected)
    expect(readAuxData(auxData(round))).toEqual(round)
  })

  it('of another length is none', () => {
    expect(readAuxData(new Uint8Array(63))).toBeUndefined()
    expect(readAuxData(new Uint8Array(65))).toBeUndefined()
  })
})

it('the hash of a secret number is that of its 32 bytes', () => {
  expect(toHex(recipientRandHash(10n))).toBe('c65a7bb8d6351c1cf70c95a316cc6a92839c986682d98bc35f958f4883f9d2a8')
  expect(toHex(recipientRandHash(5n))).toBe('036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db0')
})
