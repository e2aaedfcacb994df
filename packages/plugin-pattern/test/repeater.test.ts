import { LivepeerError } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { Repeater } from '../src/repeater.ts'

function setUp() {
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const runs: PromiseWithResolvers<void>[] = []
  const repeater = new Repeater({
    clock,
    log: recordedLog(lines),
    start: () => {
      const run = Promise.withResolvers<void>()
      runs.push(run)
      return { done: () => run.promise, stop: async () => run.resolve() }
    },
  })
  return { clock, lines, runs, repeater }
}
const failure = new LivepeerError({ code: 'LP_PUSH_FAILED', kind: 'peer', message: 'Gone.' })

it('starts a failed stream again after growing pauses, with a line each', async () => {
  const { clock, lines, runs, repeater } = setUp()
  repeater.start()
  for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    runs.at(-1)!.reject(failure)
    await clock.whenWaiting()
    const before = runs.length
    await clock.advance(pause - 1)
    expect(runs).toHaveLength(before)
    await clock.advance(1)
    expect(runs).toHaveLength(before + 1)
  }
  expect(lines.map(({ fields }) => fields.inMs)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  await repeater.stop()
})

it('begins with short pauses again after a long run', async () => {
  const { clock, lines, runs, repeater } = setUp()
  repeater.start()
  runs[0]!.reject(failure)
  await clock.whenWaiting()
  await clock.advance(1000)
  await clock.advance(60_000)
  runs[1]!.reject(failure)
  await clock.whenWaiting()
  expect(lines.at(-1)!.fields.inMs).toBe(1000)
  await repeater.stop()
})

it('does not start again once stopped, whether it runs or waits', async () => {
  const running = setUp()
  running.repeater.start()
  await running.repeater.stop()
  await running.repeater.stop()
  expect(running.runs).toHaveLength(1)
  const waiting = setUp()
  waiting.repeater.start()
  waiting.runs[0]!.reject(failure)
  await waiting.clock.whenWaiting()
  await waiting.repeater.stop()
  expect(waiting.runs).toHaveLength(1)
})
