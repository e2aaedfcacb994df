import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FakeClock } from '@livepeer-node/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TicketDatabase } from '../../src/store/database.ts'
import { winnerKey } from '../../src/store/winner-record.ts'
import { WinnerTable } from '../../src/store/winners.ts'
import { aWinner } from '../support/tickets.ts'

let dir: string
let path: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ticket-store-'))
  path = join(dir, 'tickets.sqlite')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('the store', () => {
  it('is readable by its owner alone', async () => {
    const db = TicketDatabase.open(path)
    new WinnerTable(db, new FakeClock()).add(await aWinner(), 3n)
    for (const name of ['', '-wal', '-shm']) expect((await stat(path + name)).mode & 0o077).toBe(0)
    db.close()
  })

  it('belongs to one process at a time, which others may watch', async () => {
    const db = TicketDatabase.open(path)
    expect(() => TicketDatabase.open(path)).toThrow(expect.objectContaining({ code: 'LP_TICKET_STORE_IN_USE' }))
    new WinnerTable(db, new FakeClock()).add(await aWinner(), 3n)
    const watcher = new DatabaseSync(path, { readOnly: true })
    expect(watcher.prepare('SELECT count(*) AS n FROM winners').get()).toEqual({ n: 1 })
    watcher.close()
    db.close()
    TicketDatabase.open(path).close()
  })

  it('is not touched by an older version', () => {
    TicketDatabase.open(path).close()
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 99')
    newer.close()
    expect(() => TicketDatabase.open(path)).toThrow(
      expect.objectContaining({ code: 'LP_TICKET_STORE_VERSION', observed: 99 }),
    )
  })

  it('takes all of a transaction or nothing', async () => {
    const db = TicketDatabase.open(path)
    const winners = new WinnerTable(db, new FakeClock())
    const winner = await aWinner()
    const broken = () => {
      winners.insert(winner, 3n)
      throw new Error('in the middle')
    }
    expect(() => db.durably(broken)).toThrow(expect.objectContaining({ code: 'LP_TICKET_STORE' }))
    expect(() => db.lightly(broken)).toThrow(expect.objectContaining({ code: 'LP_TICKET_STORE' }))
    expect(winners.unsettled()).toEqual([])
    expect(winners.add(winner, 3n)).toBe('added')
    db.close()
  })
})

describe('a winner', () => {
  it('is there once, to the last bit, after the process is gone', async () => {
    const winner = await aWinner()
    const before = TicketDatabase.open(path)
    const winners = new WinnerTable(before, new FakeClock())
    expect(winners.add(winner, 2n ** 40n)).toBe('added')
    expect(winners.add(winner, 9n)).toBe('known')
    before.close()
    const after = TicketDatabase.open(path)
    const [found, ...more] = new WinnerTable(after, new FakeClock()).unsettled()
    expect(found).toEqual({ key: winnerKey(winner), ticket: winner, addedBlock: 2n ** 40n })
    expect(more).toEqual([])
    after.close()
  })

  it('waits until it is redeemed or lost, and again when its redemption is gone', async () => {
    const db = TicketDatabase.open(path)
    const winners = new WinnerTable(db, new FakeClock())
    const [paid, lost] = [await aWinner(), await aWinner({ senderNonce: 2 })]
    for (const winner of [paid, lost]) winners.add(winner, 3n)
    const waiting = () => winners.unsettled().map(({ ticket }) => ticket.ticket.senderNonce)
    expect(waiting()).toEqual([1, 2])

    const redeemed = { transaction: '0xab', block: 12n, amount: 2n ** 199n }
    winners.settle(winnerKey(paid), { redeemed })
    winners.settle(winnerKey(lost), { lost: 'LP_REDEEM_TOO_LATE' })
    expect(waiting()).toEqual([])
    expect(winners.redeemedSince(12n).map(({ key }) => key)).toEqual([winnerKey(paid)])
    expect(winners.redeemedSince(13n)).toEqual([])
    expect(winners.list(9).map(({ settlement }) => settlement)).toEqual([{ lost: 'LP_REDEEM_TOO_LATE' }, { redeemed }])
    expect(winners.add(paid, 20n)).toBe('known')

    winners.reopen(winnerKey(paid))
    expect(waiting()).toEqual([1])
    db.close()
  })
})
