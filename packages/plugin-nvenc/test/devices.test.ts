import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { Cards } from '../src/cards.ts'
import { Devices } from '../src/devices.ts'
import { EncoderBudget } from '../src/encoder-budget.ts'
import { knownFailure } from '../src/failures.ts'
import { parseRows } from '../src/nvidia-smi.ts'
import { aCard, engineError, ladderOf, LINES } from './support.ts'

const rowsAt = (used: number) => parseRows([`0, GPU-0, Tesla T4, 550.54.15, ${used}, 15360, 50, 4, 25`])

function setUp() {
  const clock = new FakeClock()
  const limited = { ...aCard(0, clock), encoders: new EncoderBudget(clock, 8) }
  const cards = new Cards([limited, aCard(1, clock)], 20)
  const asked = { times: 0, answer: () => Promise.resolve(rowsAt(asked.times)) }
  const read = () => (asked.times++, asked.answer())
  const devices = new Devices({ backend: 'nvenc', cards, readings: rowsAt(100), read, clock })
  return { clock, cards, devices, asked }
}

describe('Devices', () => {
  it('lists each card with what is known of it', async () => {
    const { devices, cards } = setUp()
    cards.take(ladderOf(100))
    expect(await devices.list()).toEqual([
      {
        backend: 'nvenc',
        id: '0',
        name: 'NVIDIA T4',
        driver: '550.54.15',
        state: 'ok',
        sessions: 1,
        slots: 20,
        utilisation: 0.5,
        encoderUtilisation: 0.25,
        memoryUsedBytes: 100 * 1024 * 1024,
        memoryTotalBytes: 15_360 * 1024 * 1024,
        encoderSessions: 4,
        encoderSessionLimit: 8,
      },
      { backend: 'nvenc', id: '1', name: 'NVIDIA T4', state: 'ok', sessions: 0, slots: 20 },
    ])
  })

  it('says what is wrong with a card that is out, and what to do', async () => {
    const { devices, cards } = setUp()
    const failure = knownFailure(1, engineError(LINES.lost))
    if (failure) cards.all[1]?.health.takeOut(failure.error, { retry: false })
    expect((await devices.list())[1]).toMatchObject({
      state: 'out',
      problem: expect.stringContaining('CUDA_ERROR_NOT_PERMITTED'),
      remedy: expect.stringContaining('Xid'),
    })
  })

  it('asks nvidia-smi when somebody looks, every ten seconds at most', async () => {
    const { devices, clock, asked } = setUp()
    await devices.list()
    await clock.advance(9999)
    await devices.list()
    expect(asked.times).toBe(0)
    await clock.advance(1)
    const [first] = await devices.list()
    await devices.metrics()
    expect([asked.times, first?.memoryUsedBytes]).toEqual([1, 1024 * 1024])
  })

  it('shows the reading before when nvidia-smi hangs, and asks it once', async () => {
    const { devices, clock, asked } = setUp()
    const hanging = Promise.withResolvers<ReturnType<typeof rowsAt>>()
    asked.answer = () => hanging.promise
    await clock.advance(10_000)
    const lists = [devices.list(), devices.list()]
    await clock.advance(1000)
    expect((await Promise.all(lists)).map(([card]) => card?.memoryUsedBytes)).toEqual([
      100 * 1024 * 1024,
      100 * 1024 * 1024,
    ])
    expect(asked.times).toBe(1)
  })

  it('counts, and leaves out what is not known', async () => {
    const { devices, cards } = setUp()
    const place = cards.take(ladderOf(100))?.place
    place?.encoded(700)
    const metrics = await devices.metrics()
    const of = (gpu: string) =>
      Object.fromEntries(
        metrics
          .filter(({ labels }) => labels?.['gpu'] === gpu)
          .map(({ name, value }) => [name.replace('livepeer_gpu_', ''), value]),
      )
    expect(of('0')).toEqual({
      up: 1,
      sessions: 1,
      encoder_session_limit: 8,
      encoder_sessions: 4,
      utilisation_ratio: 0.5,
      encoder_utilisation_ratio: 0.25,
      memory_used_bytes: 100 * 1024 * 1024,
      memory_total_bytes: 15_360 * 1024 * 1024,
      failures_total: 0,
      encoded_pixels_total: 700,
    })
    expect(of('1')).toEqual({ up: 1, sessions: 0, failures_total: 0, encoded_pixels_total: 0 })
  })
})
