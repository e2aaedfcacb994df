import { readFileSync } from 'node:fs'
import {
  fromBytesBE,
  isWinner,
  keySigner,
  type LotteryTicket,
  type SignedTicket,
  signTicket,
  ticketHash,
} from '@livepeer-node/protocol'
import { getBytes, hexlify, id } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Devnet, startDevnet } from '../src/index.ts'
import { eventsOf, reasonOf, redemption, ticketStruct, transact } from './support.ts'

interface Vector {
  readonly senderNonce: number | string
  readonly hash: string
  readonly signature: string
  readonly wins: boolean
}

interface Vectors {
  readonly winning: Vector & Readonly<Record<'faceValue' | 'winProb' | 'recipientRandHash' | 'recipientRand', string>>
  readonly losing: Vector
  readonly lottery: Readonly<Record<'recipientRand' | 'recipientRandHash' | 'winProb', string>> & {
    readonly recipientRandInputs: { readonly faceValue: string }
    readonly tickets: readonly Vector[]
  }
}

const file = new URL('../../protocol/test/vectors/tickets.json', import.meta.url)
const { winning, losing, lottery }: Vectors = JSON.parse(readFileSync(file, 'utf8'))
const BLOCK_HASH = id('foo')
const STAKE = 700_000n * 10n ** 18n

let devnet: Devnet

/** As long as it takes for the rounds and hashes that the recorded tickets name. */
beforeAll(async () => {
  devnet = await startDevnet({ adjustableRounds: true })
  const [deployer, recipient, sender] = devnet.accounts
  const token = devnet.contract('LivepeerToken', deployer)
  await transact(token, 'transfer', [recipient?.address, STAKE])
  const rounds = devnet.contract('RoundsManager', deployer)
  await transact(rounds, 'setBlockNum', [49_999n])
  await transact(rounds, 'setBlockHash', [BLOCK_HASH])
  const bonding = devnet.contract('BondingManager', recipient)
  const nextRound = async (blocks: bigint): Promise<void> => {
    await transact(rounds, 'mineBlocks', [blocks])
    await transact(rounds, 'initializeRound', [])
  }
  await nextRound(1n)
  await transact(devnet.contract('LivepeerToken', recipient), 'approve', [devnet.address('BondingManager'), STAKE])
  await transact(bonding, 'bond', [STAKE, recipient?.address])
  await transact(bonding, 'transcoder', [100_000n, 500_000n])
  for (let round = 1001; round <= 1002; round += 1) {
    await nextRound(50n)
    await transact(bonding, 'reward', [])
  }
  const value = { value: 3n * 10n ** 18n }
  await transact(devnet.contract('TicketBroker', sender), 'fundDepositAndReserve', [10n ** 18n, 2n * 10n ** 18n, value])
})
afterAll(() => devnet.stop())

async function made({ senderNonce, signature }: Vector, terms: Partial<LotteryTicket> = {}): Promise<SignedTicket> {
  const ticket: LotteryTicket = {
    recipient: getBytes(devnet.accounts[1]?.address ?? ''),
    sender: getBytes(devnet.accounts[2]?.address ?? ''),
    faceValue: BigInt(winning.faceValue),
    winProb: BigInt(winning.winProb),
    senderNonce: Number(senderNonce),
    recipientRandHash: getBytes(winning.recipientRandHash),
    round: { creationRound: 1002n, creationRoundBlockHash: getBytes(BLOCK_HASH) },
    ...terms,
  }
  const signer = keySigner(getBytes(devnet.accounts[2]?.privateKey ?? ''))
  expect(hexlify(await signTicket(signer, ticket))).toBe(signature)
  return { ticket, signature: getBytes(signature) }
}

describe('the contract agrees with us', () => {
  it('on a winner', async () => {
    const broker = devnet.contract('TicketBroker', devnet.accounts[5])
    const signed = await made(winning)
    const rand = BigInt(winning.recipientRand)
    expect(await broker.getFunction('getTicketHash')(ticketStruct(signed.ticket))).toBe(winning.hash)
    expect(hexlify(ticketHash(signed.ticket))).toBe(winning.hash)
    const events = eventsOf(broker, await transact(broker, 'redeemWinningTicket', redemption(signed, rand)))
    expect(events).toMatchObject([
      { name: 'WinningTicketTransfer', args: { amount: 10n ** 15n } },
      { name: 'WinningTicketRedeemed', args: { faceValue: 10n ** 15n, senderNonce: 1n, recipientRand: rand } },
    ])
  })

  it('on a loser', async () => {
    const broker = devnet.contract('TicketBroker', devnet.accounts[5])
    const signed = await made(losing, { winProb: 0n })
    const rand = BigInt(winning.recipientRand)
    expect(await reasonOf(broker, 'redeemWinningTicket', redemption(signed, rand))).toBe('ticket did not win')
  })

  it.each(lottery.tickets)('on number $senderNonce of a lottery', async (vector) => {
    const broker = devnet.contract('TicketBroker', devnet.accounts[5])
    const rand = fromBytesBE(getBytes(lottery.recipientRand))
    const signed = await made(vector, {
      faceValue: BigInt(lottery.recipientRandInputs.faceValue),
      winProb: BigInt(lottery.winProb),
      recipientRandHash: getBytes(lottery.recipientRandHash),
    })
    const reason = await reasonOf(broker, 'redeemWinningTicket', redemption(signed, rand))
    expect(reason).toBe(isWinner(signed, rand) ? undefined : 'ticket did not win')
    expect(isWinner(signed, rand)).toBe(vector.wins)
  })
})
