import { expect, test } from 'vitest'
import { Suspensions } from '../src/suspensions.ts'

function rounds(suspensions: Suspensions, uri: string): number {
  let n = 0
  for (suspensions.nextRound(); suspensions.isSuspended(uri); suspensions.nextRound()) n += 1
  return n
}

test('sits out one round, then two, four, eight, and never more', () => {
  const suspensions = new Suspensions()
  expect([1, 2, 3, 4, 5].map(() => (suspensions.suspend('a'), rounds(suspensions, 'a')))).toEqual([1, 2, 4, 8, 8])
})

test('bites late in a stream as well', () => {
  const suspensions = new Suspensions()
  for (let n = 0; n < 1000; n++) suspensions.nextRound()
  suspensions.suspend('a')
  expect(suspensions.isSuspended('a')).toBe(true)
  expect(rounds(suspensions, 'a')).toBe(1)
})

test('success is remembered, others are not touched', () => {
  const suspensions = new Suspensions()
  suspensions.suspend('a')
  suspensions.suspend('a')
  expect(suspensions.isSuspended('b')).toBe(false)
  suspensions.clear('a')
  expect(suspensions.isSuspended('a')).toBe(false)
  expect(suspensions.suspend('a')).toBe(1)
})
