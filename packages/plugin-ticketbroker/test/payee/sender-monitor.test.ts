import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { beforeEach, describe, expect, it } from 'vitest'
import type { SenderState } from '../../src/payee/chain.ts'
import { SenderMonitor } from '../../src/payee/sender-monitor.ts'

const ALICE = new Uint8Array(20).fill(1)
const BOB = new Uint8Array(20).fill(2)

/** Reads that are answered by hand, oldest first. */
class Reads {
  readonly open: PromiseWithResolvers<SenderState>[] = []
  count = 0

  read(): Promise<SenderState> {
    this.count += 1
    const promise = Promise.withResolvers<SenderState>()
    this.open.push(promise)
    return promise.promise
  }

  async answer(deposit: bigint): Promise<void> {
    this.open.shift()?.resolve(state(deposit))
    await settled()
  }

  async fail(): Promise<void> {
    this.open.shift()?.reject(new Error('no endpoint answers'))
    await settled()
  }
}

function state(deposit: bigint): SenderState {
  return {
    funds: { deposit, withdrawRound: 0n, reserve: { fundsRemaining: 0n, claimedInCurrentRound: 0n } },
    claimed: 0n,
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

let clock: FakeClock
let reads: Reads
let lines: LogLine[]
let monitor: SenderMonitor
beforeEach(() => {
  clock = new FakeClock()
  reads = new Reads()
  lines = []
  monitor = new SenderMonitor({ read: () => reads.read(), clock, log: recordedLog(lines) })
})

/** Its deposit, as far as it is known. */
const known = async (sender: Uint8Array) => (await monitor.of(sender)).funds.deposit

async function learn(sender: Uint8Array, deposit: bigint): Promise<void> {
  const asked = known(sender)
  await reads.answer(deposit)
  expect(await asked).toBe(deposit)
}

describe('a sender', () => {
  it('is read once, however many ask', async () => {
    const asked = [known(ALICE), known(ALICE), known(ALICE)]
    await reads.answer(5n)
    expect(await Promise.all(asked)).toEqual([5n, 5n, 5n])
    await known(ALICE)
    expect(reads.count).toBe(1)
  })

  it('is read again when something happened to it, and not before', async () => {
    await learn(ALICE, 5n)
    await learn(BOB, 6n)
    monitor.changed(ALICE)
    expect(await known(ALICE)).toBe(5n)
    await reads.answer(4n)
    expect([await known(ALICE), await known(BOB), reads.count]).toEqual([4n, 6n, 3])
  })

  it('is read again when something happened while it was read', async () => {
    await learn(ALICE, 5n)
    monitor.changed(ALICE)
    monitor.changed(ALICE)
    await reads.answer(4n)
    await reads.answer(3n)
    expect([await known(ALICE), reads.count]).toEqual([3n, 3])
  })

  it('is read again when something happened while it was read for the first time', async () => {
    const asked = known(ALICE)
    monitor.changed(ALICE)
    await reads.answer(5n)
    expect(await asked).toBe(5n)
    await reads.answer(4n)
    expect([await known(ALICE), reads.count]).toEqual([4n, 2])
  })

  it('that nobody has asked for is of no interest', () => {
    monitor.changed(ALICE)
    monitor.allChanged()
    expect(reads.count).toBe(0)
  })
})

describe('while the chain does not answer', () => {
  it('what was known last counts, and the next block tries again', async () => {
    await learn(ALICE, 5n)
    monitor.changed(ALICE)
    await reads.fail()
    expect(await known(ALICE)).toBe(5n)
    expect(lines.at(-1)).toMatchObject({ level: 'warn' })
    monitor.refresh()
    await reads.answer(4n)
    expect(await known(ALICE)).toBe(4n)
    monitor.refresh()
    expect(reads.count).toBe(3)
  })

  it('a stranger is refused in time, with the text that peers know', async () => {
    const asked = known(ALICE)
    asked.catch(() => undefined)
    await clock.advance(4000)
    await expect(asked).rejects.toThrow(
      expect.objectContaining({
        code: 'LP_SENDER_UNKNOWN',
        wireText: expect.stringMatching(/^could not get sender info for 0x0101.*: /),
      }),
    )
    expect(monitor.size).toBe(0)
  })

  it('not everybody is read at once', async () => {
    const strangers = Array.from({ length: 20 }, (_, i) => known(new Uint8Array(20).fill(i + 1)))
    const refused = (await Promise.allSettled(strangers.slice(16))).map(({ status }) => status)
    expect(refused).toEqual(['rejected', 'rejected', 'rejected', 'rejected'])
    expect(reads.count).toBe(16)
    while (reads.open.length > 0) await reads.answer(1n)
    await Promise.all(strangers.slice(0, 16))
  })
})
