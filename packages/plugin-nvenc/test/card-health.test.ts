import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { CardHealth } from '../src/card-health.ts'
import { knownFailure } from '../src/failures.ts'
import { engineError, LINES } from './support.ts'

function setUp() {
  const lines: LogLine[] = []
  const clock = new FakeClock()
  const state = { failing: true, tests: 0 }
  const test = async (): Promise<void> => {
    state.tests++
    if (state.failing) throw engineError(LINES.lost)
  }
  const health = new CardHealth({ card: 3, test, clock, log: recordedLog(lines) })
  return { health, clock, lines, state }
}

const problem = knownFailure(3, engineError(LINES.lost))?.error

describe('CardHealth', () => {
  it('tests a card that is out after waits that grow to ten minutes, until it passes', async () => {
    const { health, clock, lines, state } = setUp()
    if (!problem) throw new Error('unknown')
    health.takeOut(problem, { retry: true })
    const waits = [10, 20, 40, 80, 160, 320, 600, 600]
    for (const [n, seconds] of waits.entries()) {
      await clock.advance(seconds * 1000 - 1)
      expect(state.tests).toBe(n)
      await clock.advance(1)
      expect(state.tests).toBe(n + 1)
    }
    state.failing = false
    await clock.advance(600_000)
    expect([health.problem, health.failures]).toEqual([undefined, 1])
    expect(lines.at(-1)).toMatchObject({ level: 'info', fields: { card: 3 } })
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1)
  })

  it('waits longer for a card that fails again soon, and begins anew for one that has worked for long', async () => {
    const { health, clock, lines, state } = setUp()
    if (!problem) throw new Error('unknown')
    const announced = () =>
      lines.filter(({ level }) => level === 'error').map(({ fields }) => fields['testedAgainInMs'])
    state.failing = false
    health.takeOut(problem, { retry: true })
    await clock.advance(10_000)
    health.takeOut(problem, { retry: true })
    await clock.advance(20_000)
    await clock.advance(600_001)
    health.takeOut(problem, { retry: true })
    expect(announced()).toEqual([10_000, 20_000, 10_000])
  })

  it('leaves a card alone that only an operator mends, and all of them when it is closed', async () => {
    const { health, clock, state } = setUp()
    if (!problem) throw new Error('unknown')
    health.takeOut(problem, { retry: false })
    expect(clock.waiting).toBe(0)
    const other = setUp()
    other.health.takeOut(problem, { retry: true })
    other.health.close()
    expect([other.clock.waiting, state.tests]).toEqual([0, 0])
  })

  it('says nothing of a test that ends after it was closed', async () => {
    const { clock, lines } = setUp()
    const answer = Promise.withResolvers<void>()
    const health = new CardHealth({ card: 3, test: () => answer.promise, clock, log: recordedLog(lines) })
    if (!problem) throw new Error('unknown')
    health.takeOut(problem, { retry: true })
    await clock.advance(10_000)
    health.close()
    answer.resolve()
    await clock.advance(0)
    expect([health.problem, clock.waiting, lines.length]).toEqual([problem, 0, 1])
  })

  it('tests once for several sessions that suspect it at the same time', async () => {
    const { health, state } = setUp()
    const verdicts = await Promise.all(['a', 'b'].map((id) => health.suspect(id, new Error('died'))))
    expect([verdicts, state.tests, health.failures]).toEqual([[false, false], 1, 1])
  })

  it('takes a card that is only full for one that works', async () => {
    const clock = new FakeClock()
    const health = new CardHealth({
      card: 0,
      test: () => Promise.reject(engineError(LINES.limit)),
      clock,
      log: recordedLog([]),
    })
    expect(await health.suspect('a', new Error('died'))).toBe(true)
  })
})
