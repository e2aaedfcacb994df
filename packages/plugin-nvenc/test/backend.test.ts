import { LivepeerError, type TranscodeResult } from '@livepeer-node/sdk'
import {
  aLadder,
  aProfile,
  aSourceSegment,
  aTranscodeResult,
  aTranscodeSpec,
  FakeClock,
  type LogLine,
  recordedLog,
} from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { NvencBackend, type Engine } from '../src/backend.ts'
import { Cards } from '../src/cards.ts'

const never = new AbortController().signal
const DRIVER = 'OpenEncodeSessionEx failed: out of memory (10): (no details)'

function driverFull(): LivepeerError {
  const cause = new Error(`[h264_nvenc @ 0x1] ${DRIVER}`)
  return new LivepeerError({ code: 'LP_ENCODER_OPEN', kind: 'environment', message: 'opening h264_nvenc', cause })
}

/** An engine whose driver opens `limit` sessions in all. */
function driver(limit: number): Engine & { readonly devices: number[]; limit: number } {
  let open = 0
  const devices: number[] = []
  return {
    devices,
    limit,
    async open(_spec, settings) {
      if (open >= this.limit) throw driverFull()
      open++
      devices.push(settings.kind === 'nvenc' ? settings.device : -1)
      return {
        transcode: (): Promise<TranscodeResult> => Promise.resolve(aTranscodeResult()),
        close: async () => void open--,
      }
    },
  }
}

function setUp(engine: Engine, cards = new Cards([0, 1], 4)) {
  const lines: LogLine[] = []
  const clock = new FakeClock()
  return { backend: new NvencBackend({ engine, cards, log: recordedLog(lines), clock }), cards, lines, clock }
}

describe('NvencBackend', () => {
  it('spreads sessions over the cards', async () => {
    const engine = driver(10)
    const { backend } = setUp(engine)
    for (const sessionId of ['a', 'b', 'c', 'd']) await backend.open(aTranscodeSpec({ sessionId }), never)
    expect(engine.devices.toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1])
  })

  it('passes on what it cannot encode', () => {
    const { backend } = setUp(driver(10))
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
    expect(backend.accepts(aTranscodeSpec({ ladder: [aProfile({ codec: 'vp9' })] }))).toBe(false)
  })

  it('takes no more sessions than its slots', async () => {
    const { backend } = setUp(driver(10), new Cards([0], 1))
    const session = await backend.open(aTranscodeSpec(), never)
    expect(backend.accepts(aTranscodeSpec())).toBe(false)
    await expect(backend.open(aTranscodeSpec(), never)).rejects.toMatchObject({
      code: 'LP_BACKEND_FULL',
      kind: 'limit',
    })
    await session.close()
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
  })

  it('meets the driver’s limit: says so once, goes on with what is open, takes more when one closes', async () => {
    const { backend, lines, cards } = setUp(driver(1))
    const session = await backend.open(aTranscodeSpec({ ladder: aLadder() }), never)
    const refused = backend.open(aTranscodeSpec(), never)
    await expect(refused).rejects.toMatchObject({ code: 'LP_NVENC_SESSION_LIMIT', kind: 'limit' })
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({ code: 'LP_NVENC_SESSION_LIMIT', sessions: 1, driver: DRIVER }),
      }),
    ])
    expect([backend.accepts(aTranscodeSpec()), cards.sessions]).toEqual([false, 1])
    expect((await session.transcode(aSourceSegment(), never)).renditions.length).toBe(2)
    await session.close()
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
  })

  it('tries again after a minute when others hold all encoders', async () => {
    const engine = driver(0)
    const { backend, clock } = setUp(engine)
    await expect(backend.open(aTranscodeSpec(), never)).rejects.toMatchObject({ kind: 'limit' })
    await clock.advance(59_999)
    expect(backend.accepts(aTranscodeSpec())).toBe(false)
    await clock.advance(1)
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
  })

  it('gives the place back when the open fails for another reason, and passes that on', async () => {
    const failure = new Error('broken')
    const { backend, cards } = setUp({ open: () => Promise.reject(failure) })
    await expect(backend.open(aTranscodeSpec(), never)).rejects.toBe(failure)
    expect([cards.sessions, backend.accepts(aTranscodeSpec())]).toEqual([0, true])
  })
})
