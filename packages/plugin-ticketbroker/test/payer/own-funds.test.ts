import type { SenderFunds } from '@livepeer-node/protocol'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { OwnFunds } from '../../src/payer/own-funds.ts'

const fundsOf = (deposit: bigint): SenderFunds => ({
  deposit,
  withdrawRound: 0n,
  reserve: { fundsRemaining: 1n, claimedInCurrentRound: 0n },
})

/** The chain; each read is answered by the test. */
class Reads {
  readonly waiting: PromiseWithResolvers<SenderFunds>[] = []
  readonly read = (): Promise<SenderFunds> => {
    const answer = Promise.withResolvers<SenderFunds>()
    this.waiting.push(answer)
    return answer.promise
  }
}

async function start() {
  const reads = new Reads()
  const lines: LogLine[] = []
  const opening = OwnFunds.open(reads.read, recordedLog(lines))
  reads.waiting[0]?.resolve(fundsOf(1n))
  return { reads, lines, funds: await opening }
}

it('reads nothing again while nothing has happened', async () => {
  const { reads, funds } = await start()
  await funds.refresh()
  expect(reads.waiting).toHaveLength(1)
  expect(funds.last.deposit).toBe(1n)
})

it('keeps what it knew while the chain does not answer, and tries again with the next block', async () => {
  const { reads, funds, lines } = await start()
  funds.changed()
  reads.waiting[1]?.reject(new Error('no endpoint answers'))
  await expect.poll(() => lines.length).toBe(1)
  expect(lines[0]).toMatchObject({ level: 'warn', fields: { reason: 'no endpoint answers' } })
  expect(funds.last.deposit).toBe(1n)
  const again = funds.refresh()
  reads.waiting[2]?.resolve(fundsOf(7n))
  await again
  expect(funds.last.deposit).toBe(7n)
})

it('what happens while they are being read is read as well', async () => {
  const { reads, funds } = await start()
  funds.changed()
  funds.changed()
  expect(reads.waiting).toHaveLength(2)
  reads.waiting[1]?.resolve(fundsOf(2n))
  await expect.poll(() => reads.waiting.length).toBe(3)
  reads.waiting[2]?.resolve(fundsOf(3n))
  await expect.poll(() => funds.last.deposit).toBe(3n)
  expect(reads.waiting).toHaveLength(3)
})
