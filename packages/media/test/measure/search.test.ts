import { describe, expect, test } from 'vitest'
import { nextSessions, type SearchLimits } from '../../src/measure/search.ts'

/** Follows the search on a machine whose ratio is known; the sessions that it tries. */
function path(ratioOf: (sessions: number) => number, over: Partial<SearchLimits> = {}): number[] {
  const limits = { ratio: 0.8, max: 1000, exact: true, ...over }
  const steps: { sessions: number; ratio: number }[] = []
  for (let next = nextSessions(steps, limits); next !== undefined; next = nextSessions(steps, limits)) {
    expect(steps.map(({ sessions }) => sessions)).not.toContain(next)
    steps.push({ sessions: next, ratio: ratioOf(next) })
  }
  return steps.map(({ sessions }) => sessions)
}

/** `cores` cores, of which one session uses `parallel`, each second of media costing `cost` core seconds. */
const machine =
  ({ cores = 2, parallel = 2, cost = 0.5 }) =>
  (sessions: number) =>
    Math.max(cost / parallel, (sessions * cost) / cores)

describe('exact', () => {
  test('ends when one more is too many', () => {
    expect(path(machine({}))).toEqual([1, 3, 4])
    expect(path(machine({ cores: 4, parallel: 1, cost: 0.7 }))).toEqual([1, 2, 8, 4, 5])
  })

  test('finds the edge on a large machine in few steps', () => {
    const tried = path(machine({ cores: 64, parallel: 8, cost: 0.5 }))
    expect(tried).toContain(102)
    expect(tried).toContain(103)
    expect(tried.length).toBeLessThan(9)
  })

  test('a machine on which one is too many is asked once', () => {
    expect(path(() => 1.2)).toEqual([1])
  })

  test('stops at the maximum', () => {
    expect(path(() => 0, { max: 50 })).toEqual([1, 4, 16, 50])
    expect(path(() => 0.1, { max: 1 })).toEqual([1])
  })
})

describe('quick', () => {
  test('trusts the trend, once more than one session ran', () => {
    expect(path(machine({}), { exact: false })).toEqual([1, 3])
    expect(path(machine({ cores: 4, parallel: 1, cost: 0.7 }), { exact: false })).toEqual([1, 2, 8, 4])
    expect(path(machine({ cores: 1, parallel: 1, cost: 0.7 }), { exact: false })).toEqual([1, 2])
  })

  test('does not refine by less than a tenth', () => {
    const tried = path(machine({ cores: 64, parallel: 8, cost: 0.5 }), { exact: false })
    expect(tried.length).toBeLessThan(6)
    const best = Math.max(...tried.filter((sessions) => sessions <= 102))
    expect(best).toBeGreaterThan(92)
  })
})
