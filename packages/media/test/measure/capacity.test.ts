import {
  BACKEND_LOST,
  LivepeerError,
  type TranscodeResult,
  type TranscodeSession,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { aLadder, anEncodedRendition, aTranscodeResult, FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { type CapacityInit, type CapacityStep, measureCapacity, type MeasuredSegment } from '../../src/index.ts'
import { percentile } from '../../src/measure/percentile.ts'

const SECOND = { seq: 0, durationMs: 1000, bytes: new Uint8Array(1) }

/** A machine that transcodes `sessions` at once in `msOf(sessions)` ms per segment, on a clock of its own. */
class FakeMachine {
  readonly clock = new FakeClock()
  readonly opened: TranscodeSpec[] = []
  open = 0
  calls = 0
  slots = Number.POSITIVE_INFINITY
  /** The call of this number is the card's last. */
  cardFailsAt = Number.POSITIVE_INFINITY
  readonly msOf: (sessions: number, session: number) => number
  constructor(msOf: (sessions: number, session: number) => number) {
    this.msOf = msOf
  }

  async run(over: Partial<CapacityInit> = {}) {
    const signal = new AbortController().signal
    const init = {
      open: this.#open,
      segments: [SECOND],
      ladder: aLadder(),
      clock: this.clock,
      signal,
      maxSessions: 100,
    }
    const settled = new AbortController()
    const result = measureCapacity({ ...init, ...over }).finally(() => settled.abort())
    result.catch(() => undefined)
    for (let turn = 0; !settled.signal.aborted && turn < 10_000; turn += 1) await this.clock.advance(10)
    return await result
  }

  readonly #open = async (spec: TranscodeSpec): Promise<TranscodeSession> => {
    if (this.open >= this.slots) throw new LivepeerError({ code: 'LP_TEST_FULL', kind: 'limit', message: 'full' })
    const index = this.open
    this.open += 1
    this.opened.push(spec)
    const isCard = index < 2 && this.calls < this.cardFailsAt
    return {
      backend: isCard ? 'card' : 'cpu',
      transcode: async () => {
        this.calls += 1
        if (isCard && this.calls >= this.cardFailsAt) throw lost
        await this.clock.sleep(this.msOf(this.open, index))
        return result
      },
      close: async () => {
        this.open -= 1
      },
    }
  }
}

const lost = new LivepeerError({ code: BACKEND_LOST, kind: 'limit', message: 'The card is gone.' })
const rendition = anEncodedRendition({ frames: 30, pixels: 1_000_000 })
const result: TranscodeResult = { ...aTranscodeResult(), renditions: [rendition, rendition] }

test('finds the most sessions within the ratio, and says what each step came to', async () => {
  const machine = new FakeMachine((sessions) => sessions * 250)
  const steps: CapacityStep[] = []
  const found = await machine.run({ onStep: (step) => steps.push(step) })
  expect(found).toMatchObject({ sessions: 3, ratio: 0.75, limitedBy: 'speed', steps })
  expect(found.pixelsPerMs).toBeCloseTo(8000)
  expect(steps[1]).toEqual({
    sessions: 3,
    segments: 3,
    inTime: 3,
    p50Ms: 750,
    p95Ms: 750,
    p99Ms: 750,
    ratio: 0.75,
    pixelsPerMs: 8000,
    backends: { card: 2, cpu: 1 },
  })
  expect(steps.map(({ sessions, inTime }) => [sessions, inTime])).toEqual([
    [1, 1],
    [3, 3],
    [4, 4],
  ])
  expect(machine.open).toBe(0)
  expect(new Set(machine.opened.map(({ sessionId }) => sessionId)).size).toBe(4)
})

test('with several backends the slowest must keep up', async () => {
  const machine = new FakeMachine((_, session) => (session < 2 ? 50 : 900))
  expect(await machine.run()).toMatchObject({ sessions: 2, ratio: 0.05, limitedBy: 'speed' })
})

test('where not even one keeps up the answer is one, with its ratio', async () => {
  const machine = new FakeMachine(() => 1500)
  expect(await machine.run()).toMatchObject({ sessions: 1, ratio: 1.5, limitedBy: 'speed' })
})

test('backends that are full end the search', async () => {
  const machine = new FakeMachine(() => 10)
  machine.slots = 3
  expect(await machine.run()).toMatchObject({ sessions: 3, limitedBy: 'backends' })
  machine.slots = 0
  await expect(machine.run()).rejects.toMatchObject({ code: 'LP_TEST_FULL' })
})

test('so does the maximum, and the time', async () => {
  expect(await new FakeMachine(() => 10).run({ maxSessions: 2 })).toMatchObject({ sessions: 2, limitedBy: 'maximum' })
  const slow = new FakeMachine((sessions) => sessions * 100)
  expect(await slow.run({ budgetMs: 100 })).toMatchObject({ sessions: 1, limitedBy: 'time' })
})

test('a fixed number is measured alone', async () => {
  const machine = new FakeMachine((sessions) => sessions * 250)
  const { steps } = await machine.run({ sessions: 5 })
  expect(steps).toMatchObject([{ sessions: 5, ratio: 1.25, inTime: 0 }])
})

test('a segment to warm up does not count, and each that counts is told', async () => {
  const machine = new FakeMachine(() => 900)
  const told: MeasuredSegment[] = []
  await machine.run({ rounds: () => 3, onSegment: (segment) => told.push(segment) })
  expect(machine.calls).toBe(4)
  expect(told.map(({ segment }) => segment)).toEqual([0, 1, 2])
  expect(told[0]).toEqual({ session: 0, segment: 0, durationMs: 1000, elapsedMs: 900, frames: 30 })
})

test('a failure and an abort end it with all sessions closed', async () => {
  const machine = new FakeMachine(() => 100)
  const failing = machine.run({
    onSegment: () => {
      throw new Error('broken')
    },
  })
  await expect(failing).rejects.toThrow('broken')
  expect(machine.open).toBe(0)
  const stop = new AbortController()
  stop.abort(new Error('told to stop'))
  await expect(machine.run({ signal: stop.signal })).rejects.toThrow('told to stop')
})

test('percentiles are values that were seen', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect([0.5, 0.95, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 95, 99, 100])
  expect(percentile([7], 0.5)).toBe(7)
  expect(percentile([], 0.5)).toBe(0)
})

test('a session whose card fails goes on elsewhere, with the same segment', async () => {
  const machine = new FakeMachine(() => 100)
  machine.cardFailsAt = 6
  const found = await machine.run({ sessions: 2, rounds: () => 3 })
  expect(found).toMatchObject({ sessions: 2, steps: [{ segments: 6, backends: { cpu: 2 } }] })
  expect(machine.opened.map(({ sessionId }) => sessionId).toSorted()).toEqual([
    'measure-0',
    'measure-0',
    'measure-1',
    'measure-1',
  ])
  expect(machine.open).toBe(0)
})
