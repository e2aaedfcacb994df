import { FakeClock, recordedLog, type LogLine } from '@livepeer-node/test-kit'
import { beforeEach, expect, test } from 'vitest'
import { Pressure } from '../src/pressure.ts'

let clock: FakeClock
let lines: LogLine[]
let pressure: Pressure

beforeEach(() => {
  clock = new FakeClock()
  lines = []
  pressure = new Pressure({ clock, log: recordedLog(lines) })
})

function segments(count: number, elapsedMs: number): void {
  for (let index = 0; index < count; index += 1) pressure.done({ durationMs: 2000, elapsedMs })
}

const late = () => {
  try {
    pressure.check()
    return false
  } catch (error) {
    expect(error).toMatchObject({ code: 'LP_TRANSCODER_LATE', wireText: 'TranscoderBusy', limit: 0.8 })
    return true
  }
}

test('too late from 1 up, and until it is below 0.8', () => {
  segments(60, 2000)
  expect(late()).toBe(false)
  segments(60, 2100)
  expect(late()).toBe(true)
  segments(60, 1700)
  expect(late()).toBe(true)
  segments(60, 1500)
  expect(late()).toBe(false)
  expect(lines).toMatchObject([{ level: 'info', fields: { p95: 0.75 } }])
  segments(60, 1700)
  expect(late()).toBe(false)
})

test('of 60 segments three may be late', () => {
  segments(57, 500)
  segments(3, 9000)
  expect(pressure.p95).toBe(0.25)
  segments(1, 9000)
  expect(pressure.p95).toBe(4.5)
})

test('few segments say nothing, nor do old ones, nor those without a duration', async () => {
  segments(19, 9000)
  pressure.done({ durationMs: 0, elapsedMs: 9000 })
  expect(late()).toBe(false)
  segments(1, 9000)
  expect(late()).toBe(true)
  await clock.advance(60_001)
  expect(late()).toBe(false)
})
