import { type Ladder, LivepeerError, type TranscodeResult } from '@livepeer-node/sdk'
import { aLadder, aProfile, aTranscodeResult, FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { type Engine, NvencBackend } from '../src/backend.ts'
import { CardHealth } from '../src/card-health.ts'
import { CardSpeed } from '../src/card-speed.ts'
import { type CardInit, Cards } from '../src/cards.ts'
import { EncoderBudget } from '../src/encoder-budget.ts'
import type { Machine } from '../src/machine.ts'
import type { CardReading } from '../src/nvidia-smi.ts'

export const never = new AbortController().signal

/** What FFmpeg and drivers write, as in reports of users. */
export const LINES = {
  noDriver: '[AVHWDeviceContext @ 0x38211c80] Cannot load libcuda.so.1',
  limit: '[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: out of memory (10): (no details)',
  memory: '[h264_nvenc @ 0x6090380] InitializeEncoder failed: out of memory (10): ',
  lost: '[AVHWDeviceContext @ 0x7fc67c02ba40] cu->cuCtxCreate(&hwctx->cuda_ctx, desired_flags, hwctx->internal->cuda_device) failed -> CUDA_ERROR_NOT_PERMITTED: operation not permitted',
  noCard:
    '[AVHWDeviceContext @ 0x1] cu->cuDeviceGet(&hwctx->internal->cuda_device, device_idx) failed -> CUDA_ERROR_INVALID_DEVICE: invalid device ordinal',
} as const

/** As the engine fails: FFmpeg's lines are the cause. */
export function engineError(...lines: readonly string[]): LivepeerError {
  const cause = new Error(lines.join('\n'))
  return new LivepeerError({ code: 'LP_ENCODER_OPEN', kind: 'environment', message: 'opening h264_nvenc', cause })
}

export function workerDied(): LivepeerError {
  return new LivepeerError({ code: 'LP_WORKER_DIED', kind: 'bug', message: 'A transcode worker ended by SIGSEGV.' })
}

/** A machine whose cards fail as they are told; the others work. */
export class FakeMachine implements Machine {
  mayHaveCards = true
  readonly failing = new Map<number, LivepeerError>()
  readonly tested: number[] = []
  readonly counted: number[] = []
  rows: readonly CardReading[] | undefined
  /** Encoders that each card gives; absent: as many as are asked for. */
  readonly encoders = new Map<number, number>()

  async test(card: number): Promise<void> {
    this.tested.push(card)
    const failure = this.failing.get(card)
    if (failure) throw failure
  }

  async countEncoders(card: number, atMost: number): Promise<number> {
    this.counted.push(card)
    return Math.min(atMost, this.encoders.get(card) ?? atMost)
  }

  readings(): Promise<readonly CardReading[] | undefined> {
    return Promise.resolve(this.rows)
  }
}

/** An engine whose driver gives `limit` encoders in all, and whose cards fail as they are told. */
export class FakeEngine implements Engine {
  readonly devices: number[] = []
  limit: number
  /** What opening on a card fails with. */
  readonly failsToOpen = new Map<number, unknown>()
  /** What a segment on a card fails with. */
  readonly failsToTranscode = new Map<number, unknown>()
  #open = 0

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit
  }

  open: Engine['open'] = async ({ ladder }, settings) => {
    const device = settings.kind === 'nvenc' ? settings.device : -1
    if (this.failsToOpen.has(device)) throw this.failsToOpen.get(device)
    if (this.#open + ladder.length > this.limit) throw engineError(LINES.limit)
    this.#open += ladder.length
    this.devices.push(device)
    return {
      transcode: async (): Promise<TranscodeResult> => {
        if (this.failsToTranscode.has(device)) throw this.failsToTranscode.get(device)
        return aTranscodeResult(ladder)
      },
      close: async () => void (this.#open -= ladder.length),
    }
  }
}

export interface Bench {
  readonly backend: NvencBackend
  readonly cards: Cards
  readonly machine: FakeMachine
  readonly lines: LogLine[]
  readonly clock: FakeClock
}

export interface BenchOptions {
  readonly cards?: readonly number[]
  readonly sessionsPerCard?: number
  /** Encoders of all cards together, as they were found at the start. */
  readonly encoderLimit?: number
}

/** A backend on cards of a fake machine. */
export function benchOf(
  engine: Engine,
  { cards = [0, 1], sessionsPerCard = 4, encoderLimit }: BenchOptions = {},
): Bench {
  const lines: LogLine[] = []
  const [clock, machine, log] = [new FakeClock(), new FakeMachine(), recordedLog(lines)]
  const shared = encoderLimit === undefined ? undefined : new EncoderBudget(clock, encoderLimit)
  const inits = cards.map((card): CardInit => {
    const health = new CardHealth({ card, test: () => machine.test(card), clock, log })
    return { ...aCard(card, clock), health, encoders: shared ?? new EncoderBudget(clock) }
  })
  const made = new Cards(inits, sessionsPerCard)
  return { backend: new NvencBackend({ engine, cards: made, log }), cards: made, machine, lines, clock }
}

/** A card that works. */
export function aCard(index: number, clock: FakeClock, model = 'NVIDIA T4'): CardInit {
  const health = new CardHealth({ card: index, test: () => Promise.resolve(), clock, log: recordedLog([]) })
  return { index, model, speed: new CardSpeed(clock), health, encoders: new EncoderBudget(clock) }
}

/** One rendition of this many pixels per second. */
export function ladderOf(pixelsPerSecond: number): Ladder {
  return [aProfile({ width: pixelsPerSecond, height: 1, fps: 1, fpsDen: 1 })]
}

export const twoRenditions: Ladder = aLadder()
