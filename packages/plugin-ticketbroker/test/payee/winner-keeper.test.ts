import type { WinningTicket } from '@livepeer-node/protocol'
import type { PaymentReport } from '@livepeer-node/sdk'
import { type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { WinnerKeeper } from '../../src/payee/winner-keeper.ts'
import { HandChain } from '../support/payee.ts'
import { aWinner } from '../support/tickets.ts'

describe('a winner that cannot be written', () => {
  it('is an error for its sender, and is tried again until it is on disk', async () => {
    const stored: WinningTicket[] = []
    const lines: LogLine[] = []
    const reports: PaymentReport[] = []
    let [isFull, woken] = [true, 0]
    const store = {
      add(winner: WinningTicket) {
        if (isFull) throw new Error('disk full')
        stored.push(winner)
        return 'added' as const
      },
    }
    const keeper = new WinnerKeeper({
      store,
      chain: new HandChain(),
      wake: () => (woken += 1),
      report: (report) => reports.push(report),
      log: recordedLog(lines),
    })
    const winner = await aWinner()
    expect(() => keeper.keep(winner)).toThrow('disk full')
    keeper.retry()
    expect([keeper.unsaved, stored.length, woken]).toEqual([1, 0, 0])
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(2)
    isFull = false
    keeper.retry()
    expect(stored).toEqual([winner])
    expect([keeper.unsaved, woken, reports.map(({ event }) => event)]).toEqual([0, 1, ['ticket-won']])
  })
})
