import { hexlify, keccak256, toBeHex } from 'ethers'
import { describe, expect, it } from 'vitest'
import { constantContract, linkBytecode, readArtifact } from '../src/artifacts.ts'
import { redemption } from './support.ts'

describe('the contracts of the npm package', () => {
  const { abi } = readArtifact('TicketBroker')

  it('take a redemption in the form of one on a public chain', () => {
    const ticket = {
      recipient: Buffer.from('a5E37e0BA14655e92DEff29F32adbc7D09b8a2cF', 'hex'),
      sender: Buffer.from('3eE860A4abA830AF84EbBCE2b381fc11DB8493e2', 'hex'),
      faceValue: 10_000_000_000_000_000n,
      winProb: 11_579_208_923_731_619_542_357_098_500_868_790_785_326_998_466_564_056_403_945_759_000_000_000_000n,
      senderNonce: 14,
      recipientRandHash: Buffer.from('5309662eee5608da45aaefe60433adec052acab8683dd12d78aad8a0192b3bec', 'hex'),
      round: {
        creationRound: 1619n,
        creationRoundBlockHash: Buffer.from('f3b1d2925fd1325a8a6ba8923fbe6de31dd93d9e85540eaf5a306f21177c3b8c', 'hex'),
      },
    }
    const signature = Buffer.from(
      '90cb8a9280386cc77e9f3473bb87530cf9a1dbe5625013a9ed16675ad7607c800bf4e32ee4cc6b9c785e1c786c9965831a8216c408b251f98d6c18bf1bf4d1621c',
      'hex',
    )
    const rand = 31_838_803_992_704_255_588_716_800_748_284_438_047_369_588_248_489_535_212_488_229_909_862_636_233_406n
    const calldata = abi.encodeFunctionData('redeemWinningTicket', redemption({ ticket, signature }, rand))
    expect(calldata.slice(0, 10)).toBe('0xec8b3cb6')
    expect(keccak256(calldata)).toBe('0x535e6cfe5a18f7f45fd3a0b11109e0e827de26a6a6b0ec2a87428f26ae1be2a4')
  })

  it('take deposit and reserve', () => {
    const amount = toBeHex(10n ** 16n, 32).slice(2)
    expect(abi.encodeFunctionData('fundDepositAndReserve', [10n ** 16n, 10n ** 16n])).toBe(
      `0x511f4073${amount}${amount}`,
    )
  })

  it('have places for libraries, each filled in', () => {
    const artifact = readArtifact('BondingManager')
    const library = `0x${'ab'.repeat(20)}`
    const linked = linkBytecode(artifact, { SortedDoublyLL: library })
    expect(linked).toMatch(/^0x[0-9a-f]+$/)
    expect(linked.split(library.slice(2)).length - 1).toBe(17)
    expect(linked.length).toBe(artifact.bytecode.length)
    expect(() => linkBytecode(artifact, {})).toThrow(/SortedDoublyLL/)
  })
})

it('a contract that answers one number is 53 bytes', () => {
  expect(hexlify(constantContract(5n))).toBe(`0x6029600c60003960296000f37f${'0'.repeat(63)}560005260206000f3`)
})
