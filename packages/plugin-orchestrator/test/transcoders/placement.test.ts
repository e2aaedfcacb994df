import type { WorkerView } from '@livepeer-node/sdk'
import { aDispatchJob, FakeClock, recordedLog, type LogLine } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { Placement, pixelsOf, type PlacementInit } from '../../src/transcoders/placement.ts'
import { anAttached } from '../support/fleet.ts'

const nobody: PlacementInit['dispatch'] = () => Promise.resolve(undefined)

function aPlacement(dispatch = nobody): { placement: Placement; lines: LogLine[] } {
  const lines: LogLine[] = []
  return { placement: new Placement({ dispatch, log: recordedLog(lines) }), lines }
}

describe('without a plugin, a segment goes to', () => {
  it('who will be done with it first, its other sessions counted', async () => {
    const clock = new FakeClock()
    const fast = anAttached(clock, { name: 'fast', pixelsPerMs: 4000 })
    const slow = anAttached(clock, { name: 'slow', pixelsPerMs: 1500 })
    const { placement } = aPlacement()
    const placed: string[] = []
    for (const sessionId of ['a', 'b', 'c', 'd']) {
      const chosen = await placement.choose(() => [slow, fast], aDispatchJob({ sessionId }))
      chosen?.seats.take(sessionId, 1_000_000)
      placed.push(chosen?.name ?? '')
    }
    // 250 against 667, 500 against 667, 750 against 667, 750 against 1333.
    expect(placed).toEqual(['fast', 'fast', 'slow', 'fast'])
  })

  it('who takes most where nothing is known of any, and one of whom nothing is known counts as the mean of the others', async () => {
    const clock = new FakeClock()
    const unknown = [anAttached(clock, { name: 'two', capacity: 2 }), anAttached(clock, { name: 'four', capacity: 4 })]
    const { placement, lines } = aPlacement()
    expect(await placement.choose(() => unknown, aDispatchJob())).toMatchObject({ name: 'four' })
    const known = [anAttached(clock, { pixelsPerMs: 1000 }), anAttached(clock, { pixelsPerMs: 3000 })]
    await placement.choose(() => [...known, anAttached(clock, { name: 'new' })], aDispatchJob())
    const [, line] = lines.filter(({ message }) => message === 'segment placed')
    expect(line?.fields['candidates']).toMatchObject([
      { predictedMs: 1000 },
      { predictedMs: 333 },
      { predictedMs: 500 },
    ])
  })

  it('who is not late, however fast the late one is', async () => {
    const clock = new FakeClock()
    const late = anAttached(clock, { name: 'late', pixelsPerMs: 9000 })
    const slow = anAttached(clock, { name: 'slow', pixelsPerMs: 100 })
    late.isLate()
    const { placement } = aPlacement()
    expect(await placement.choose(() => [late, slow], aDispatchJob())).toBe(slow)
    expect(await placement.choose(() => [late], aDispatchJob())).toBe(late)
    await clock.advance(60_000)
    expect(await placement.choose(() => [late, slow], aDispatchJob())).toBe(late)
  })

  it('who is near, of equally fast ones', async () => {
    const clock = new FakeClock()
    const [far, near] = [anAttached(clock, { pixelsPerMs: 1000 }), anAttached(clock, { pixelsPerMs: 1000 })]
    far.learnRoundTrip(100)
    near.learnRoundTrip(5)
    expect(await aPlacement().placement.choose(() => [far, near], aDispatchJob())).toBe(near)
  })

  it('nobody where there is nobody', async () => {
    const { placement, lines } = aPlacement()
    expect(await placement.choose(() => [], aDispatchJob())).toBeUndefined()
    expect([lines, placement.counts.size]).toEqual([[], 0])
  })
})

describe('a plugin', () => {
  const clock = new FakeClock()
  const two = [anAttached(clock, { name: 'a', pixelsPerMs: 100 }), anAttached(clock, { name: 'b', pixelsPerMs: 10 })]

  it('is shown all candidates and chooses among them', async () => {
    const shown: (readonly WorkerView[])[] = []
    const { placement } = aPlacement((workers) => {
      shown.push(workers)
      return Promise.resolve(workers[1])
    })
    expect(await placement.choose(() => two, aDispatchJob())).toBe(two[1])
    expect(shown[0]).toMatchObject([
      { name: 'a', capacity: 10, sessions: 0, jobs: 0, predictedMs: 10_000, late: false },
      { name: 'b', predictedMs: 100_000 },
    ])
  })

  it('is not asked where there is no choice', async () => {
    const { placement } = aPlacement(() => Promise.reject(new Error('asked')))
    expect(await placement.choose(() => two.slice(1), aDispatchJob())).toBe(two[1])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('boom')), undefined],
    ['names a stranger', ([one]: readonly WorkerView[]) => Promise.resolve({ ...one, id: 'x' }), 'LP_DISPATCH_FOREIGN'],
  ])('that %s costs nothing: the prediction decides, and the log says so', async (_how, dispatch, code) => {
    const { placement, lines } = aPlacement(dispatch as PlacementInit['dispatch'])
    expect(await placement.choose(() => two, aDispatchJob())).toBe(two[0])
    expect(lines).toMatchObject([{ level: 'warn', fields: code ? { error: { code } } : {} }, { level: 'debug' }])
  })

  it('cannot change what it is shown', async () => {
    const job = aDispatchJob()
    const before = structuredClone(job)
    const { placement } = aPlacement(async (workers, shown) => {
      const handles = [workers, shown, shown.ladder, shown.ladder[0], workers[0]]
      expect(handles.every((one) => Object.isFrozen(one))).toBe(true)
      return undefined
    })
    expect(await placement.choose(() => two, job)).toBe(two[0])
    expect(job).toEqual(before)
    expect.assertions(3)
  })

  it('that takes its time chooses somebody who left meanwhile: the prediction decides among those who stayed', async () => {
    let there = two
    const { placement } = aPlacement((workers) => {
      there = two.slice(1)
      return Promise.resolve(workers[0])
    })
    expect(await placement.choose(() => there, aDispatchJob())).toBe(two[1])
  })
})

it('each choice is counted by reason and explained in one line with all candidates', async () => {
  const clock = new FakeClock()
  const two = [anAttached(clock, { name: 'a', pixelsPerMs: 1000 }), anAttached(clock, { name: 'b' })]
  const { placement, lines } = aPlacement()
  for (const reason of ['new', 'lost', 'new'] as const) await placement.choose(() => two, aDispatchJob({ reason }))
  expect([...placement.counts]).toEqual([
    ['new', 2],
    ['lost', 1],
  ])
  expect(lines).toHaveLength(3)
  expect(lines[1]).toMatchObject({
    level: 'debug',
    fields: { reason: 'lost', transcoder: 'a', by: 'least predicted time', candidates: [{ name: 'a' }, { name: 'b' }] },
  })
})

it('pixels are those of all renditions, at 30 frames per second where the source decides', () => {
  const [profile] = aDispatchJob().ladder
  if (!profile) throw new Error('no profile')
  const of = (fps: number, fpsDen: number) => ({ ...profile, width: 100, height: 10, fps, fpsDen })
  expect(pixelsOf([of(0, 0), of(60, 0), of(30_000, 1001)], 2000)).toBe(60_000 + 120_000 + 59_940)
})
