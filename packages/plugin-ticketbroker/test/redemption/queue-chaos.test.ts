import { recordedLog } from '@livepeer-node/test-kit'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { RedemptionQueue } from '../../src/redemption/queue.ts'
import { ChainModel } from './chain-model.ts'
import { aWinner, MemoryStore } from './winners.ts'

const DEPTH = 3n
const TICKETS = 6

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** One process: it looks at each block, until it dies at a request or at a write, and is then deaf for ever. */
class Process {
  isDead = false
  /** Requests and writes until the end; `undefined`: it lives. */
  #left: number | undefined
  readonly queue: RedemptionQueue

  constructor(model: ChainModel, store: MemoryStore, left?: number) {
    this.#left = left
    const live = () => this.#live()
    this.queue = new RedemptionQueue({
      chain: model.port(live),
      store: {
        unsettled: () => store.unsettled(),
        redeemedSince: (block) => store.redeemedSince(block),
        settle: (key, settlement) => {
          live()
          store.settle(key, settlement)
        },
        reopen: (key) => {
          live()
          store.reopen(key)
        },
      },
      decide: () => Promise.resolve(undefined),
      report: () => undefined,
      log: recordedLog([]),
      depth: DEPTH,
    })
  }

  #live(): void {
    if (this.#left !== undefined && this.#left-- <= 0) this.isDead = true
    if (this.isDead) throw new Error('dead')
  }
}

const event = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('block' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), after: fc.nat(12) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reorg' as const), deep: fc.constantFrom(1n, 5n, 20n) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('closed' as const), value: fc.boolean() }) },
)

it('pays each ticket once, whatever dies and whatever the chain takes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 30 }), async (events) => {
      const model = new ChainModel(DEPTH)
      model.block = 75n
      const store = new MemoryStore()
      for (let nonce = 1; nonce <= TICKETS; nonce++) store.add(aWinner({ nonce, round: 1n }))
      let process = new Process(model, store)

      const step = async () => {
        model.mine()
        await turn()
        await process.queue.look()
        if (process.isDead) process = new Process(model, store)
      }
      for (const each of events) {
        if (each.kind === 'closed') model.initialized = each.value
        else if (each.kind === 'kill') process = new Process(model, store, each.after)
        else if (each.kind === 'reorg') process.queue.reorganized(model.reorganize(each.deep))
        await step()
      }
      model.initialized = true
      for (let n = 0; n < 40; n++) await step()

      expect(store.unsettled()).toEqual([])
      for (const [key, settlement] of store.settled) {
        expect(settlement).toMatchObject({ redeemed: { amount: model.paid.get(key) } })
      }
      expect([...model.paid.values()]).toEqual(Array.from({ length: TICKETS }, () => 1000n))
    }),
    { numRuns: 200 },
  )
})
