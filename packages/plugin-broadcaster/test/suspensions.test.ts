import { FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { Suspensions } from '../src/suspensions.ts'

test('sits out ten seconds, then twice as long each time, and never longer than eighty', () => {
  const suspensions = new Suspensions(new FakeClock())
  expect([1, 2, 3, 4, 5].map(() => suspensions.suspend('a'))).toEqual([10_000, 20_000, 40_000, 80_000, 80_000])
})

test('is over when the time is, whatever else happens', async () => {
  const clock = new FakeClock()
  const suspensions = new Suspensions(clock)
  suspensions.suspend('a')
  await clock.advance(9999)
  expect([suspensions.isSuspended('a'), suspensions.msLeft('a')]).toEqual([true, 1])
  await clock.advance(1)
  expect([suspensions.isSuspended('a'), suspensions.msLeft('a')]).toEqual([false, 0])
})

test('success is remembered, others are not touched', () => {
  const suspensions = new Suspensions(new FakeClock())
  suspensions.suspend('a')
  suspensions.suspend('a')
  expect(suspensions.isSuspended('b')).toBe(false)
  suspensions.clear('a')
  expect(suspensions.isSuspended('a')).toBe(false)
  expect(suspensions.suspend('a')).toBe(10_000)
})

test('forgets what failed long ago', async () => {
  const clock = new FakeClock()
  const suspensions = new Suspensions(clock)
  for (const uri of ['a', 'b', 'c']) suspensions.suspend(uri)
  await clock.advance(400_000)
  suspensions.suspend('d')
  expect(suspensions.size).toBe(1)
  expect(suspensions.suspend('a')).toBe(10_000)
})
