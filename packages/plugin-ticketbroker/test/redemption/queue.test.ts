import { recordedLog, type LogLine } from '@livepeer-node/test-kit'
import type { PaymentReport, RedemptionChoice, RedemptionVerdict } from '@livepeer-node/sdk'
import { beforeEach, describe, expect, it } from 'vitest'
import { RedemptionQueue } from '../../src/redemption/queue.ts'
import { ChainModel } from './chain-model.ts'
import { aWinner, MemoryStore } from './winners.ts'

const DEPTH = 3n
/** Lets what was resolved be acted upon. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('RedemptionQueue', () => {
  let model: ChainModel
  let store: MemoryStore
  let lines: LogLine[]
  let reports: PaymentReport[]
  let verdict: (choice: RedemptionChoice) => RedemptionVerdict | undefined
  let rpc: () => void
  let queue: RedemptionQueue

  beforeEach(() => {
    model = new ChainModel(DEPTH)
    store = new MemoryStore()
    lines = []
    reports = []
    verdict = () => undefined
    rpc = () => undefined
    queue = start()
  })

  function start(): RedemptionQueue {
    return new RedemptionQueue({
      chain: model.port(() => rpc()),
      store,
      decide: (choice) => Promise.resolve(verdict(choice)),
      report: (report) => reports.push(report),
      log: recordedLog(lines),
      depth: DEPTH,
    })
  }

  /** So many blocks, with a look at each. */
  async function blocks(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      model.mine()
      await turn()
      await queue.look()
    }
  }

  const isRedeemed = (key: string) => 'redeemed' in (store.settled.get(key) ?? {})

  it('redeems a ticket, and is done with it when the event lies deep enough', async () => {
    const winner = aWinner({})
    store.add(winner)
    await queue.look()
    expect(queue.pending(winner.ticket.ticket.sender)).toBe(1000n)
    await blocks(Number(DEPTH))
    expect(isRedeemed(winner.key)).toBe(false)
    await blocks(1)
    expect(store.settled.get(winner.key)).toEqual({ redeemed: { transaction: '0x1', block: 2n, amount: 1000n } })
    expect(queue.pending(winner.ticket.ticket.sender)).toBe(0n)
    expect(reports).toMatchObject([{ event: 'ticket-redeemed', amount: 1000n }])
    await blocks(5)
    expect(model.transactions).toBe(1)
  })

  it('does not reveal the secret while the terms are good', async () => {
    store.add(aWinner({ expires: 10n }))
    await blocks(8)
    expect(model.transactions).toBe(0)
    await blocks(1)
    expect(model.transactions).toBe(1)
  })

  it('waits while the round is not open', async () => {
    model.initialized = false
    store.add(aWinner({}))
    await blocks(3)
    expect(model.transactions).toBe(0)
    model.initialized = true
    await blocks(1)
    expect(model.transactions).toBe(1)
  })

  it('takes several tickets in one transaction, and those that the contract left out alone', async () => {
    const [first, second, third] = [1, 2, 3].map((nonce) => aWinner({ nonce }))
    for (const winner of [first, second, third]) if (winner) store.add(winner)
    await queue.look()
    expect(model.transactions).toBe(1)
    model.refusal = 'system is paused'
    await blocks(Number(DEPTH) + 1)
    expect(store.settled.size).toBe(0)
    model.refusal = undefined
    await blocks(2)
    expect(model.transactions).toBe(4)
    await blocks(Number(DEPTH) + 1)
    expect(store.settled.size).toBe(3)
  })

  it('leaves a ticket alone that costs more than it brings, and takes it when gas is cheap', async () => {
    const winner = aWinner({ faceValue: 1000n })
    store.add(winner)
    model.gasPrice = 10n
    await blocks(9)
    expect(model.transactions).toBe(0)
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      { fields: { reason: expect.stringContaining('1000 wei') } },
    ])
    model.gasPrice = 9n
    await blocks(4)
    expect(model.transactions).toBe(1)
  })

  it('waits for a sender without funds, until a part is better than nothing', async () => {
    const winner = aWinner({ round: 0n })
    store.add(winner)
    model.funds = 600n
    await blocks(60)
    expect(model.transactions).toBe(0)
    await blocks(34)
    expect(store.settled.get(winner.key)).toMatchObject({ redeemed: { amount: 600n } })
    expect(lines).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('less than its face value') }),
    )
  })

  it('counts what other tickets of the sender take', async () => {
    model.funds = 1500n
    store.add(aWinner({ nonce: 1 }))
    store.add(aWinner({ nonce: 2 }))
    await queue.look()
    expect(queue.counts().inFlight).toBe(1)
  })

  it('asks redeem.decide', async () => {
    const choices: RedemptionChoice[] = []
    verdict = (choice) => {
      choices.push(choice)
      return choice.faceValue === 1n ? 'never' : 'now'
    }
    const [lost, redeemed] = [aWinner({ faceValue: 1n }), aWinner({ faceValue: 2n })]
    store.add(lost)
    store.add(redeemed)
    await queue.look()
    expect(choices[0]).toEqual({
      faceValue: 1n,
      txCost: 100n,
      availableFunds: 10n ** 30n,
      blocksLeft: 149n,
      waiting: 2,
      sender: '0x0202020202020202020202020202020202020202',
    })
    expect(store.settled.get(lost.key)).toMatchObject({ lost: expect.stringMatching(/^LP_REDEEM_NEVER: /) })
    expect(queue.counts().inFlight).toBe(1)
    expect(reports).toMatchObject([{ event: 'ticket-lost', amount: 1n }])
  })

  it('warns before a ticket expires, once, and records it as lost with the reason when it has', async () => {
    const winner = aWinner({ round: 0n })
    store.add(winner)
    model.refusal = 'transcoder must be registered'
    await blocks(74)
    expect(warnings(lines)).toMatchObject([])
    await blocks(27)
    expect(warnings(lines)).toMatchObject([{ fields: { ticket: winner.key } }])
    expect(store.settled.size).toBe(0)
    await blocks(35)
    expect(store.settled.get(winner.key)).toMatchObject({
      lost: expect.stringMatching(/^LP_REDEEM_TOO_LATE: .*transcoder must be registered/),
    })
  })

  it('recognises a ticket that somebody else has redeemed', async () => {
    const winner = aWinner({})
    const other = new MemoryStore()
    other.add(winner)
    const theirs = new RedemptionQueue({
      chain: model.port(() => undefined),
      store: other,
      decide: () => Promise.resolve(undefined),
      report: () => undefined,
      log: recordedLog([]),
      depth: DEPTH,
    })
    await theirs.look()
    model.mine()
    store.add(winner)
    await queue.look()
    expect(store.settled.size).toBe(0)
    await blocks(Number(DEPTH))
    expect(store.settled.get(winner.key)).toMatchObject({ redeemed: { transaction: '0x1' } })
    expect(model.transactions).toBe(1)
  })

  it('goes on with the transaction of an earlier process', async () => {
    const winner = aWinner({})
    store.add(winner)
    await queue.look()
    queue = start()
    await queue.look()
    expect(queue.pending(winner.ticket.ticket.sender)).toBe(1000n)
    await blocks(Number(DEPTH) + 1)
    expect(isRedeemed(winner.key)).toBe(true)
    expect(model.transactions).toBe(1)
  })

  it.each([1n, 5n, 20n])('puts tickets back whose redemption a reorganisation of %d blocks took', async (deep) => {
    const winner = aWinner({})
    store.add(winner)
    await queue.look()
    await blocks(Number(deep))
    queue.reorganized(model.reorganize(deep))
    await queue.look()
    expect(isRedeemed(winner.key)).toBe(false)
    await blocks(Number(DEPTH) + 2)
    expect(isRedeemed(winner.key)).toBe(true)
    expect(model.paid.get(winner.key)).toBe(1000n)
  })

  it('notices at its start that a reorganisation took a redemption while it was away', async () => {
    const winner = aWinner({})
    store.add(winner)
    await queue.look()
    await blocks(Number(DEPTH) + 1)
    expect(isRedeemed(winner.key)).toBe(true)
    model.reorganize(10n)
    queue = start()
    await queue.look()
    await blocks(Number(DEPTH) + 1)
    expect(isRedeemed(winner.key)).toBe(true)
    expect(model.transactions).toBe(2)
  })

  it('loses nothing while no endpoint answers, and says so once', async () => {
    store.add(aWinner({}))
    rpc = () => {
      throw new Error('connection refused')
    }
    await blocks(5)
    expect(lines).toMatchObject([{ level: 'warn', message: expect.stringContaining('connection refused') }])
    rpc = () => undefined
    await blocks(1)
    expect(lines.at(-1)).toMatchObject({ level: 'info', message: expect.stringContaining('answers again') })
    await blocks(Number(DEPTH) + 1)
    expect(store.settled.size).toBe(1)
  })
})

function warnings(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.filter(({ message }) => message.includes('soon be worth nothing'))
}
