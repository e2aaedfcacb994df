import type { SessionOutcome } from '@livepeer-node/sdk'
import { LivepeerError } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, onTestFinished, test } from 'vitest'
import type { OrchestratorSession, SessionInfo } from '../src/session.ts'
import { SessionPool } from '../src/session-pool.ts'
import { someInfo, someSession } from './support/sessions.ts'

const failure = new LivepeerError({ code: 'LP_TEST', kind: 'peer', message: 'It failed.' })
const { signal } = new AbortController()

/** A pool without a network: each round finds what `rounds` says, the last entry for ever. */
function makePool(rounds: readonly (readonly OrchestratorSession[])[], renew?: () => Promise<SessionInfo>) {
  const clock = new FakeClock(0)
  const lines: LogLine[] = []
  const ended: string[] = []
  const over = new AbortController()
  onTestFinished(() => over.abort())
  let round = 0
  const pool: SessionPool = new SessionPool({
    clock,
    log: recordedLog(lines),
    signal: over.signal,
    discover: async (found) => {
      const sessions = rounds[Math.min(round, rounds.length - 1)] ?? []
      round += 1
      for (const session of sessions) found(session)
      return sessions.length
    },
    select: async (views) => pool.prefer(views),
    renew: renew ?? (() => Promise.reject(failure)),
    unpayable: () => undefined,
    draw: (untried) => untried[0],
    warm: () => {},
    ended: ({ sessionId }, outcome: SessionOutcome) => ended.push(`${sessionId} ${outcome}`),
  })
  const acquire = (seq: number) => pool.acquire({ seq, durationMs: 2000, signal })
  return { pool, clock, lines, ended, acquire, rounds: () => round }
}

/** Has it settled after everything that could move has moved? */
async function settled(clock: FakeClock, promise: Promise<unknown>): Promise<boolean> {
  let done = false
  void promise.finally(() => {
    done = true
  })
  await clock.advance(0)
  return done
}

test('of two sessions with one orchestrator the first is kept', async () => {
  const { acquire, pool } = makePool([[someSession('a', 'first'), someSession('a', 'second')]])
  expect((await acquire(0)).sessionId).toBe('first')
  expect(pool.views()).toHaveLength(1)
})

test('when the only orchestrator has enough to do, a segment waits here until one is back, in its turn', async () => {
  const { acquire, pool, clock } = makePool([[someSession()]])
  const session = await acquire(0)
  await clock.advance(3000)
  await acquire(1)
  const third = acquire(2)
  expect(await settled(clock, third)).toBe(false)
  pool.release(session, 0)
  expect(await settled(clock, third)).toBe(true)
  await clock.advance(3000)
  const fourth = acquire(3)
  expect(await settled(clock, fourth)).toBe(false)
  pool.release(session, 1)
  await fourth
})

test('who gives up waiting leaves the turn to the next', async () => {
  const { acquire, pool, clock } = makePool([[someSession()]])
  const session = await acquire(0)
  await clock.advance(3000)
  await acquire(1)
  const late = new AbortController()
  const third = pool.acquire({ seq: 2, durationMs: 2000, signal: late.signal })
  const fourth = acquire(3)
  late.abort(failure)
  await expect(third).rejects.toBe(failure)
  pool.release(session, 0)
  expect(await fourth).toBe(session)
})

test('a dropped session is ended when its last segment is back', async () => {
  const { acquire, pool, ended, clock } = makePool([[someSession('a'), someSession('b')]])
  const session = await acquire(0)
  expect(await acquire(1)).toBe(session)
  pool.drop(session, failure, true)
  pool.release(session, 0)
  expect(ended).toEqual([])
  pool.release(session, 1)
  expect(ended).toEqual(['a-1 suspended'])
  await clock.advance(0)
})

test('it is dropped and suspended once, however many of its segments fail', async () => {
  const { acquire, pool, lines } = makePool([[someSession('a'), someSession('b')]])
  const session = await acquire(0)
  await acquire(1)
  pool.drop(session, failure, true)
  pool.drop(session, failure, true)
  expect(lines.filter(({ message }) => message === 'orchestrator dropped')).toHaveLength(1)
})

test('failures in a row cost more time, a success in between makes it less again', async () => {
  const again = [1, 2, 3, 4].map((n) => [someSession('a', `a-${n}`)])
  const { acquire, pool, lines } = makePool(again)
  const fail = async (seq: number) => {
    const session = await acquire(seq)
    pool.drop(session, failure, true)
    pool.release(session, seq)
  }
  await fail(0)
  await fail(1)
  const good = await acquire(2)
  pool.succeeded(good)
  pool.release(good, 2)
  await fail(3)
  expect(lines.flatMap(({ fields }) => fields['suspendedMs'] ?? [])).toEqual([10_000, 20_000, 10_000])
})

test('one that sits out is used when there is no other, and not when there is', async () => {
  const { acquire, pool } = makePool([[someSession('a', 'a-1')], [someSession('a', 'a-2'), someSession('b', 'b-2')]])
  const first = await acquire(0)
  pool.drop(first, failure, true)
  pool.release(first, 0)
  expect((await acquire(1)).sessionId).toBe('b-2')
})

test('a renewal that fails is tried again after ten seconds, and the session goes on until its token ends', async () => {
  let asked = 0
  const renew = () => {
    asked += 1
    return Promise.reject(failure)
  }
  const session = someSession('a', 'one', { expiration: 1800 })
  const { acquire, pool, clock } = makePool([[session], []], renew)
  const use = async (seq: number) => {
    const got = await acquire(seq)
    pool.release(got, seq)
    return got
  }
  await use(0)
  await clock.advance(1_700_000)
  expect([await use(1), await use(2)]).toEqual([session, session])
  expect(asked).toBe(1)
  await clock.advance(10_000)
  expect(await use(3)).toBe(session)
  expect(asked).toBe(2)
  await clock.advance(95_000)
  const last = use(4).catch((thrown: unknown) => thrown)
  await clock.advance(6000)
  expect(await last).toMatchObject({ code: 'LP_NO_ORCHESTRATOR' })
})

test('a renewed session takes over, score and all', async () => {
  const uri = 'https://a:8935'
  const session = someSession('a', 'one', { expiration: 1800 })
  const { acquire, clock, ended } = makePool([[session]], async () => someInfo(uri, 'two'))
  session.score(500, 2000)
  await clock.advance(1_700_000)
  expect((await acquire(0)).view()).toMatchObject({ sessionId: 'two', latencyScore: 0.25, segmentsInFlight: 1 })
  expect(ended).toEqual(['one refreshed'])
})

test('with one orchestrator that works nobody is asked again', async () => {
  const { acquire, pool, clock, rounds } = makePool([[someSession()]])
  for (let seq = 0; seq < 50; seq++) {
    const session = await acquire(seq)
    session.score(100, 2000)
    pool.release(session, seq)
    await clock.advance(2000)
  }
  expect(rounds()).toBe(1)
})

test('sessions that a changed job cannot use are taken out', async () => {
  const { pool, ended, clock } = makePool([[someSession('a'), someSession('b')]])
  pool.open()
  await clock.advance(0)
  pool.dropWhere(({ orchestrator }) => (orchestrator.includes('a:') ? 'cannot' : undefined))
  expect(pool.views().map(({ sessionId }) => sessionId)).toEqual(['b-1'])
  expect(ended).toEqual(['a-1 failed'])
})

test('a segment for which nobody has time is given up after as long as a viewer would wait, and the next one waits on', async () => {
  const { acquire, pool, clock } = makePool([[someSession()]])
  const session = await acquire(0)
  await clock.advance(3000)
  await acquire(1)
  const third = acquire(2).catch((thrown: unknown) => thrown)
  await clock.advance(2000)
  const fourth = acquire(3)
  await clock.advance(3999)
  expect(await settled(clock, third)).toBe(false)
  await clock.advance(1)
  expect(await third).toMatchObject({ code: 'LP_SEGMENT_BACKLOG' })
  pool.release(session, 0)
  expect(await fourth).toBe(session)
})

test('an orchestrator is the only one while all others sit out', async () => {
  const { acquire, pool } = makePool([[someSession('a'), someSession('b')], []])
  const session = await acquire(0)
  expect(pool.isOnly(session)).toBe(false)
  pool.drop(session, failure, true)
  expect(pool.isOnly(await acquire(1))).toBe(true)
})
