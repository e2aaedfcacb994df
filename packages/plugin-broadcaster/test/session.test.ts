import { expect, test } from 'vitest'
import { someInfo, someSession } from './support/sessions.ts'

const uri = 'https://a:8935'

test('the score is the time taken over the duration, and no segment counts as shorter than 1.5 s', () => {
  const session = someSession()
  session.score(3000, 2000)
  expect(session.latencyScore).toBe(1.5)
  session.score(750, 500)
  expect(session.latencyScore).toBe(0.5)
})

test('what comes with a result replaces what is stored only when it is about this session', () => {
  const session = someSession('a', 'one')
  session.update(someInfo(uri, 'one', 5_000_000_000))
  expect(session.info.authToken.expiration).toBe(5_000_000_000n)
  session.update(someInfo('https://b:8935', 'one', 6_000_000_000))
  session.update(someInfo(uri, 'two', 6_000_000_000))
  session.update({ ...someInfo(uri, 'one', 6_000_000_000), authToken: undefined })
  expect(session.info.authToken.expiration).toBe(5_000_000_000n)
})

test('a token is old in the last tenth of its life, and expired after it', () => {
  const session = someSession('a', 'one', { expiration: 1800, now: 0 })
  expect(session.needsRefresh(1_620_000)).toBe(false)
  expect(session.needsRefresh(1_620_001)).toBe(true)
  expect(session.isExpired(1_800_000)).toBe(false)
  expect(session.isExpired(1_800_001)).toBe(true)
})

test('by its id a session is renewed up to three tenths earlier, so that many do not begin anew together', () => {
  const last = someSession('a', 'ff000000', { expiration: 1800, now: 0 })
  expect(last.needsRefresh(1_080_000)).toBe(false)
  expect(last.needsRefresh(1_080_001)).toBe(true)
  const first = someSession('a', '00ffffff', { expiration: 1800, now: 0 })
  expect(first.needsRefresh(1_620_000)).toBe(false)
})

test('its successor keeps the score, not what is under way', () => {
  const session = someSession('a', 'one')
  session.score(1000, 2000)
  session.begin(7, 100)
  const next = session.successor(someInfo(uri, 'two'), 0)
  expect(next.view()).toMatchObject({ sessionId: 'two', latencyScore: 0.5, segmentsInFlight: 0 })
  expect(session.oldestStart).toBe(100)
})
