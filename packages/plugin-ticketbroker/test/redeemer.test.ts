import { Code, ConnectError, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  fromBytesBE,
  MAX_WIN_PROB,
  parseAddress,
  TicketRedeemer,
  type WinningTicket,
  writeWinningTicket,
} from '@livepeer-node/protocol'
import { makeCertificate } from '@livepeer-node/protocol/certificate'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { checkWinner } from '../src/redeemer/check-winner.ts'
import { RedeemerClient } from '../src/redeemer/client.ts'
import { remoteRedemption } from '../src/redeemer/remote-chain.ts'
import { RedeemerServer } from '../src/redeemer/server.ts'
import { RedemptionQueue } from '../src/redemption/queue.ts'
import { ChainModel } from './redemption/chain-model.ts'
import { aWinner, MemoryStore } from './redemption/winners.ts'
import { aWinner as aRealWinner } from './support/tickets.ts'

const SENDER = new Uint8Array(20).fill(2)

describe('a winner that is handed in', () => {
  it('is one that the contract would pay', async () => {
    const winner = await aRealWinner({ winProb: MAX_WIN_PROB })
    expect(() => checkWinner(winner)).not.toThrow()
  })

  it.each<[string, string, Partial<WinningTicket>]>([
    ['has another secret', 'invalid recipientRand for ticket recipientRandHash', { recipientRand: 1n }],
    ['is not signed by its sender', 'invalid ticket signature', { signature: new Uint8Array(65) }],
  ])('that %s is refused', async (_, wireText, changes) => {
    const winner = await aRealWinner({ winProb: MAX_WIN_PROB })
    expect(() => checkWinner({ ...winner, ...changes })).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_UNPAYABLE', wireText }),
    )
  })

  it('that did not win is refused', async () => {
    const loser = await aRealWinner({ winProb: 0n })
    expect(() => checkWinner(loser)).toThrow(expect.objectContaining({ wireText: 'ticket did not win' }))
  })
})

describe('a redeemer in another process', () => {
  let server: RedeemerServer
  let address: string
  let kept: WinningTicket[]
  let float: () => bigint
  let check: (ticket: WinningTicket) => void
  let changed: Set<() => void>

  beforeEach(async () => {
    kept = []
    changed = new Set()
    float = () => 7n
    check = () => undefined
    server = new RedeemerServer(await makeCertificate('127.0.0.1', Date.now()), {
      recipient: new Uint8Array(20).fill(1),
      check: (ticket) => check(ticket),
      keep: (ticket) => void kept.push(ticket),
      maxFloat: () => Promise.resolve().then(float),
      onChange: (listener) => {
        changed.add(listener)
        return () => changed.delete(listener)
      },
      log: recordedLog([]),
    })
    address = `127.0.0.1:${await server.listen(parseAddress('127.0.0.1:0'))}`
  })
  afterEach(() => server.close())

  const client = () =>
    createClient(
      TicketRedeemer,
      createGrpcTransport({ baseUrl: `https://${address}`, nodeOptions: { rejectUnauthorized: false } }),
    )

  it('takes winning tickets of its recipient, whole', async () => {
    const { ticket } = aWinner({})
    await new RedeemerClient(address).queue(ticket)
    expect(kept).toEqual([ticket])
  })

  it('refuses tickets of others as the reference does, and what is no ticket', async () => {
    const { ticket } = aWinner({})
    const foreign = { ...ticket, ticket: { ...ticket.ticket, recipient: new Uint8Array(20).fill(9) } }
    await expect(client().queueTicket(writeWinningTicket(foreign))).rejects.toMatchObject({
      code: Code.PermissionDenied,
      rawMessage: expect.stringMatching(/^invalid ticket recipient 0x0909.*, expected 0x0101/),
    })
    await expect(client().queueTicket({})).rejects.toMatchObject({ code: Code.InvalidArgument })
    await expect(new RedeemerClient(address).queue(foreign)).rejects.toMatchObject({ code: 'LP_REDEEMER_LOST' })
    expect(kept).toEqual([])
  })

  it('keeps nothing that would never be paid', async () => {
    check = checkWinner
    await expect(client().queueTicket(writeWinningTicket(aWinner({}).ticket))).rejects.toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: 'invalid ticket signature',
    })
    expect(kept).toEqual([])
  })

  it('tells the float of a sender, and again with each change', async () => {
    expect(fromBytesBE((await client().maxFloat({ sender: SENDER })).maxFloat)).toBe(7n)
    const end = new AbortController()
    const floats = client().monitorMaxFloat({ sender: SENDER }, { signal: end.signal })[Symbol.asyncIterator]()
    const first = floats.next()
    await expect.poll(() => changed.size).toBe(1)
    float = () => 5n
    for (const listener of changed) listener()
    expect(fromBytesBE((await first).value?.maxFloat ?? new Uint8Array())).toBe(5n)
    end.abort()
    await expect(floats.next()).rejects.toBeInstanceOf(ConnectError)
    await expect.poll(() => changed.size).toBe(0)
  })

  it('tells that a float cannot be found out', async () => {
    float = () => {
      throw new Error('no chain')
    }
    await expect(client().maxFloat({ sender: SENDER })).rejects.toMatchObject({ code: Code.Internal })
  })

  it('gets what an orchestrator wins, which keeps its own copy until the chain has paid', async () => {
    const model = new ChainModel(2n)
    const store = new MemoryStore()
    const lines: LogLine[] = []
    const blocks = new Set<() => void>()
    const chain = model.port(() => undefined)
    const handed = new RedeemerClient(address)
    const queue = new RedemptionQueue({
      chain: remoteRedemption({
        chain,
        queue: ({ ticket }) => handed.queue(ticket),
        onBlock: (listener) => {
          blocks.add(listener)
          return () => blocks.delete(listener)
        },
      }),
      store,
      decide: () => Promise.resolve(undefined),
      report: () => undefined,
      log: recordedLog(lines),
      depth: 2n,
    })
    const winner = aWinner({})
    store.add(winner)
    await queue.look()
    await expect.poll(() => kept).toEqual([winner.ticket])
    expect(store.settled.size).toBe(0)

    // What the other process does with it.
    chain.redeem([winner], 0n)
    await expect
      .poll(async () => {
        model.mine()
        for (const listener of blocks) listener()
        await queue.look()
        return store.settled.get(winner.key)
      })
      .toMatchObject({ redeemed: { amount: 1000n } })
    expect(kept).toHaveLength(1)
  })
})
