import { expect, test } from 'vitest'
import { choose, type Contestant } from '../src/selection.ts'

function one(name: string, over: Partial<Contestant> = {}): Contestant & { name: string } {
  return { name, last: false, latencyScore: undefined, segmentsInFlight: 0, oldestMs: 0, ...over }
}
const last = (over: Partial<Contestant> = {}) => one('last', { last: true, latencyScore: 0.5, ...over })
const name = (sessions: ReturnType<typeof one>[], durationMs = 2000) => choose(sessions, durationMs)?.chosen.name

test.each<[string, ReturnType<typeof one>[], string | undefined]>([
  ['stays with one that keeps up', [one('other', { latencyScore: 0.1 }), last()], 'last'],
  ['stays while its segment is not overdue', [one('other'), last({ segmentsInFlight: 1, oldestMs: 1999 })], 'last'],
  ['leaves one whose segment is overdue', [one('other'), last({ segmentsInFlight: 1, oldestMs: 2000 })], 'other'],
  ['leaves one whose queue is full', [one('other'), last({ segmentsInFlight: 5, oldestMs: 10 })], 'other'],
  ['leaves a slow one', [one('other'), last({ latencyScore: 1.01 })], 'other'],
  ['stays at a score of exactly 1', [one('other'), last({ latencyScore: 1 })], 'last'],
  ['prefers the best known', [one('new'), one('b', { latencyScore: 0.9 }), one('a', { latencyScore: 0.2 })], 'a'],
  ['prefers an untried one to a slow one', [one('slow', { latencyScore: 1.5 }), one('new')], 'new'],
  ['takes untried ones in their order', [one('first'), one('second')], 'first'],
  ['takes the best of slow ones', [one('b', { latencyScore: 3 }), one('a', { latencyScore: 2 })], 'a'],
  ['queues when all are busy', [one('a', { segmentsInFlight: 1, oldestMs: 9000 })], 'a'],
  ['waits when all have enough', [one('a', { segmentsInFlight: 2, oldestMs: 9000 })], undefined],
  ['gives an overloaded one no second', [one('a', { segmentsInFlight: 1, latencyScore: 2 })], undefined],
  ['nor does it so when it is the last one', [last({ segmentsInFlight: 1, oldestMs: 10, latencyScore: 2 })], undefined],
  ['gives an overloaded one the next when it is back', [one('a', { latencyScore: 4 })], 'a'],
  ['has nothing to choose from', [], undefined],
])('%s', (_, sessions, chosen) => {
  expect(name(sessions)).toBe(chosen)
})

test('short segments are not overdue before 1.5 s', () => {
  const sessions = [one('other'), last({ segmentsInFlight: 1, oldestMs: 1499 })]
  expect(name(sessions, 500)).toBe('last')
  expect(name(sessions, 1200)).toBe('other')
})
