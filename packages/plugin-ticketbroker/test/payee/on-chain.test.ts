import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importKey } from '@livepeer-node/chain'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import {
  addressText,
  decodeMessage,
  encodeTicketPayment,
  keySigner,
  readTerms,
  type Signer,
  TicketParamsSchema,
  type TicketTerms,
  toHex,
} from '@livepeer-node/protocol'
import type { Payee } from '@livepeer-node/sdk'
import { createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import ticketbroker from '../../src/index.ts'
import { SESSION, TestSender } from '../support/payee.ts'

const ETH = 10n ** 18n
const PASSWORD = 'of a test'

let devnet: Devnet
let keys: string
let node: TestNode
let payee: Payee
let sender: TestSender

beforeAll(async () => {
  devnet = await startDevnet()
  keys = await mkdtemp(join(tmpdir(), 'payee-keys-'))
  const { privateKey, address } = devnet.account('orchestrator')
  await importKey({ dir: keys, password: PASSWORD, scryptN: 2 }, { text: privateKey })
  node = await createTestNode(
    ticketbroker({
      role: 'orchestrator',
      network: 'test',
      ethUrl: devnet.rpc,
      ethController: devnet.controller,
      ethKeystorePath: keys,
      ethPassword: PASSWORD,
      ethAcctAddr: address,
      pricePerUnit: '3',
      // So dear that the face value is all that the reserve stands for.
      redeemGas: 10n ** 16n,
      reward: false,
      blockPollingInterval: 0.02,
    }),
  )
  const answer = node.run.payment.payee()
  if (!answer) throw new Error('nobody takes the money')
  payee = answer
  sender = new TestSender(keyOf('broadcaster'))
})

afterAll(async () => {
  await node?.stop()
  await devnet.stop()
  await rm(keys, { recursive: true })
})

function keyOf(role: 'broadcaster' | 'orchestrator'): Signer {
  return keySigner(new Uint8Array(Buffer.from(devnet.account(role).privateKey.slice(2), 'hex')))
}

async function terms(of = sender.signer.address): Promise<TicketTerms> {
  const { ticketParams } = await payee.quote({ sender: of })
  return readTerms(decodeMessage(TicketParamsSchema, ticketParams ?? new Uint8Array()))
}

async function pay(): Promise<unknown> {
  await sender.ask({ payee })
  return payee.receive({ header: encodeTicketPayment(await sender.pay(1)), sessionId: SESSION })
}

/** Once the node has looked at the chain again. */
const soon = (look: () => Promise<unknown>) => vi.waitFor(look, { timeout: 20_000, interval: 20 })

const broker = () => devnet.contract('TicketBroker', devnet.account('broadcaster'))

async function mined(transaction: { wait(): Promise<unknown> }): Promise<void> {
  await transaction.wait()
}

describe('on the contracts', () => {
  it('terms name account, round and reserve as the chain has them', async () => {
    const { round } = await devnet.round()
    const hash: string = await devnet.contract('RoundsManager').getFunction('blockHashForRound')(round)
    const offered = await terms()
    expect(addressText(payee.address)).toBe(devnet.account('orchestrator').address)
    expect(offered).toMatchObject({ recipient: payee.address, faceValue: 2n * ETH, round: { creationRound: round } })
    expect(`0x${toHex(offered.round?.creationRoundBlockHash ?? new Uint8Array())}`).toBe(hash)
    expect(offered.expirationBlock).toBe(BigInt(await devnet.provider.getBlockNumber()) + 40n)
  })

  it('more reserve means larger tickets, as soon as it is there', async () => {
    await mined(await broker().getFunction('fundReserve')({ value: ETH }))
    await soon(async () => expect((await terms()).faceValue).toBe(3n * ETH))
  })

  it('a sender without reserve gets no terms', async () => {
    await expect(terms(payee.address)).rejects.toThrow(expect.objectContaining({ code: 'LP_SENDER_RESERVE' }))
  })

  it('a sender that is about to leave pays nothing any more, until it stays', async () => {
    await mined(await broker().getFunction('unlock')())
    await pay()
    // It may leave in the round after.
    await devnet.mineToRound()
    await soon(() => expect(pay()).rejects.toMatchObject({ code: 'LP_SENDER_UNLOCKING' }))
    await mined(await broker().getFunction('cancelUnlock')())
    await soon(pay)
  })

  it('a new round is named as soon as it is open', async () => {
    const { round } = await devnet.mineToRound()
    await soon(async () => expect((await terms()).round?.creationRound).toBe(round))
  })

  it('what was known last counts when the chain is gone', async () => {
    await sender.ask({ payee })
    await devnet.stop()
    await payee.receive({ header: encodeTicketPayment(await sender.pay(1)), sessionId: SESSION })
    await terms()
    const stranger = new Uint8Array(20).fill(5)
    await expect(terms(stranger)).rejects.toThrow(expect.objectContaining({ code: 'LP_SENDER_UNKNOWN' }))
  })
})
