import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aTranscodeResult, FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { calibrate, type CalibrationInit } from '../src/calibration.ts'
import { CalibrationCache } from '../src/calibration-cache.ts'
import { FakeBackend } from './support.ts'

let folder: string
let clock: FakeClock
let backend: FakeBackend
let lines: LogLine[]
let clips: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'livepeer-calibration-'))
  clock = new FakeClock()
  lines = []
  clips = 0
  backend = machine((sessions) => sessions * 250)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

/** A backend on the clock: with so many sessions open a segment takes so many ms. */
function machine(msOf: (sessions: number) => number): FakeBackend {
  const made = new FakeBackend()
  made.answer = async ({ spec }, signal) => {
    await clock.sleep(msOf(made.opened.length - made.closed.length), signal)
    return aTranscodeResult(spec.ladder)
  }
  return made
}

const file = () => join(folder, 'calibration.json')
const problems = () => lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['code'])

async function run(over: Partial<CalibrationInit> = {}) {
  const done = new AbortController()
  const init: CalibrationInit = {
    claim: () => backend,
    offers: [{ backend: 'fake', slots: 20, capabilities: [] }],
    devices: [],
    version: '1.2.3',
    clip: async () => {
      clips += 1
      return new Uint8Array(1)
    },
    cache: () => new CalibrationCache(file()),
    processorTime: async () => ({ total: clock.monotonic(), busy: 0, own: 0 }),
    clock,
    log: recordedLog(lines),
    signal: new AbortController().signal,
  }
  const result = calibrate({ ...init, ...over }).finally(() => done.abort())
  // Files are read and written meanwhile, which takes as long as it takes.
  while (!done.signal.aborted) await clock.advance(10)
  return await result
}

test('finds what the machine keeps up with, says so, and frees everything', async () => {
  expect(await run()).toMatchObject({ sessions: 3, ratio: 0.75, limitedBy: 'speed' })
  expect(backend.closed).toHaveLength(backend.opened.length)
  expect(lines.map(({ level }) => level)).toEqual(['info', 'info'])
  expect(lines[1]?.fields).toMatchObject({ sessions: 3, steps: [{ sessions: 1 }, { sessions: 3, p95Ms: 750 }] })
})

test('is bounded in time where a step takes long', async () => {
  backend = machine((sessions) => 1000 - 500 / sessions)
  await run()
  // One session thrice, one to warm up; then another one, and both once.
  expect(lines[1]?.fields['tookMs']).toBeLessThan(3500)
})

test('never finds more than the backends take', async () => {
  backend = machine(() => 1)
  expect(await run()).toMatchObject({ sessions: 20, limitedBy: 'maximum' })
  backend.slots = 2
  expect(await run({ version: '2.0.0' })).toMatchObject({ sessions: 2, limitedBy: 'backends' })
})

test('one that its time cut short is not remembered', async () => {
  const busy = machine(() => 700)
  expect(await run({ claim: () => busy })).toMatchObject({ limitedBy: 'time' })
  backend = machine(() => 1)
  expect(await run()).toMatchObject({ sessions: 20 })
  expect(clips).toBe(2)
})

describe('the second time', () => {
  test('it is known at once', async () => {
    const first = await run()
    expect(await run()).toEqual(first)
    expect(clips).toBe(1)
    expect(lines.at(-1)?.fields['remedy']).toContain(file())
  })

  test.each([
    ['again where others had much of it', 0.5, 2],
    ['not where others had little', 0.1, 1],
  ])('it is measured %s', async (_, share, times) => {
    const processorTime = async () => {
      const total = clock.monotonic()
      return { total, busy: total * (0.4 + share), own: total * 0.4 }
    }
    const first = await run({ processorTime })
    expect(first?.busy).toBeCloseTo(share, 1)
    expect(problems()).toEqual(times === 2 ? ['LP_CALIBRATION_BUSY'] : [])
    expect(await run()).toMatchObject({ busy: times === 2 ? 0 : first?.busy })
    await run()
    expect(clips).toBe(times)
  })

  test('it is known where the system tells no load, or a file of an earlier version has none', async () => {
    await run({ processorTime: () => Promise.reject(new Error('no /proc')) })
    const text = await readFile(file(), 'utf8')
    await writeFile(file(), text.replace(/ *"busy": 0,\n/, ''))
    expect(await run()).toMatchObject({ busy: 0 })
    expect(clips).toBe(1)
  })

  test.each<[string, Partial<CalibrationInit>]>([
    ['another version', { version: '1.2.4' }],
    ['other slots', { offers: [{ backend: 'fake', slots: 10, capabilities: [] }] }],
    ['other settings', { offers: [{ backend: 'fake', slots: 20, capabilities: [], settings: 'preset=fast' }] }],
    ['another card', { devices: [{ backend: 'fake', id: '0', name: 'B', state: 'ok', sessions: 0, slots: 20 }] }],
  ])('it is measured again for %s, and both are remembered', async (_, over) => {
    await run()
    await run(over)
    expect(clips).toBe(2)
    await run()
    await run(over)
    expect(clips).toBe(2)
  })

  test('the file does not grow for ever', async () => {
    for (let index = 0; index < 12; index += 1) await run({ version: `1.0.${index}` })
    expect(Object.keys(JSON.parse(await readFile(file(), 'utf8')) as object)).toHaveLength(8)
  })
})

describe('what goes wrong is a warning with a remedy', () => {
  test.each(['nonsense', '{"a":{"sessions":0}}'])('a cache that holds %s is measured over', async (text) => {
    await writeFile(file(), text)
    expect(await run()).toMatchObject({ sessions: 3 })
    expect(problems()).toEqual(['LP_CALIBRATION_CACHE'])
    expect(await run()).toMatchObject({ sessions: 3 })
    expect(clips).toBe(1)
  })

  test('a folder that cannot be written', async () => {
    expect(await run({ cache: () => new CalibrationCache(join(file(), 'missing', 'calibration.json')) })).toMatchObject(
      {
        sessions: 3,
      },
    )
    expect(problems()).toEqual(['LP_CALIBRATION_CACHE'])
  })

  test('no clip, or a backend that fails', async () => {
    expect(await run({ clip: () => Promise.reject(new Error('no encoder')) })).toBeUndefined()
    expect(lines.at(-1)?.message).toContain('no encoder')
    backend.answer = () => Promise.reject(new Error('broken'))
    expect(await run()).toBeUndefined()
    expect(problems()).toEqual(['LP_CALIBRATION_FAILED', 'LP_CALIBRATION_FAILED'])
  })

  test('a backend that never answers', async () => {
    backend = machine(() => 10_000_000)
    expect(await run()).toBeUndefined()
    expect(problems()).toEqual(['LP_CALIBRATION_FAILED'])
    expect(backend.opened.length - backend.closed.length).toBe(0)
  })

  test('a machine that is too slow for one session', async () => {
    backend = machine(() => 1700)
    expect(await run()).toMatchObject({ sessions: 1, ratio: 1.7 })
    expect(problems()).toEqual(['LP_CALIBRATION_SLOW'])
  })
})

test('a node that stops meanwhile is no failure', async () => {
  const stop = new AbortController()
  backend.answer = () => {
    stop.abort(new Error('stopping'))
    return Promise.reject(new Error('stopping'))
  }
  expect(await run({ signal: stop.signal })).toBeUndefined()
  expect(problems()).toEqual([])
})
