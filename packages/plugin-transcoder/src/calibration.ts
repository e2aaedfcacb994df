import { availableParallelism, cpus } from 'node:os'
import {
  type CapacityResult,
  DEFAULT_TRANSCODING_OPTIONS,
  measureCapacity,
  parseTranscodingOptions,
  REAL_TIME_RATIO,
} from '@livepeer-node/media'
import {
  type BackendOffer,
  type Clock,
  type Logger,
  type TranscodeDevice,
  toLivepeerError,
  within,
} from '@livepeer-node/sdk'
import type { Calibration, CalibrationCache } from './calibration-cache.ts'
import {
  calibrationBusy,
  calibrationFailed,
  calibrationForgotten,
  calibrationSlow,
  calibrationTooLong,
} from './calibration-errors.ts'
import { type ProcessorTime, shareOfOthers } from './machine-load.ts'
import { type Opener, openSession } from './open-session.ts'

/** A step begins no later than this after the first, ms. */
const BUDGET_MS = 2500
/** Then the machine or a backend is out of order, ms. */
const LIMIT_MS = 20_000
const CLIP_MS = 1000
/** Where others had more of the machine, it is measured again at the next start. */
const BUSY_SHARE = 0.2

/** What the clip that is measured with is like: a common source, long enough for an encoder to get going. */
export const CALIBRATION_CLIP = {
  seconds: CLIP_MS / 1000,
  width: 1280,
  height: 720,
  fps: 30,
  gopMs: CLIP_MS,
  bitrate: 3_000_000,
} as const

export interface CalibrationInit extends Opener {
  readonly offers: readonly BackendOffer[]
  readonly devices: readonly TranscodeDevice[]
  /** Of this node: another one may be quicker. */
  readonly version: string
  /** Makes the clip of `CALIBRATION_CLIP`. */
  readonly clip: () => Promise<Uint8Array>
  readonly cache: () => CalibrationCache
  /** Rejects where the system does not tell. */
  readonly processorTime: () => Promise<ProcessorTime>
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/**
 * Sessions at once that this machine keeps up with, with all its backends: as it was measured before, or as measured now,
 * in a few seconds. `undefined`: it could not be measured; the log says why.
 */
export async function calibrate(init: CalibrationInit): Promise<Calibration | undefined> {
  const subject = subjectOf(init)
  const known = await recall(init, subject)
  if (known && known.busy <= BUSY_SHARE) {
    init.log.info('this machine was measured before', {
      ...known,
      remedy: `To measure again, delete ${init.cache().path}.`,
    })
    return known
  }
  const startedAt = init.clock.monotonic()
  const why = known ? 'it was busy when that was measured' : 'once, for some seconds, then it is remembered'
  init.log.info(`measuring how many sessions this machine takes: ${why}`, {
    ...(known && { before: known }),
    remedy: 'Set maxSessions to spare it.',
  })
  try {
    const before = await load(init)
    const measured = await measure(init)
    const after = await load(init)
    const busy = before && after ? shareOfOthers(before, after) : 0
    const calibration = toCalibration(measured, busy, init.clock)
    const tookMs = Math.round(init.clock.monotonic() - startedAt)
    init.log.info('measured', { ...calibration, tookMs, steps: measured.steps.map(shortStep) })
    if (calibration.ratio > REAL_TIME_RATIO) warn(init.log, calibrationSlow(calibration.ratio, REAL_TIME_RATIO))
    if (busy > BUSY_SHARE) warn(init.log, calibrationBusy(busy, BUSY_SHARE))
    // The machine had other work to do, or is larger than could be seen: that is no answer for ever.
    if (calibration.limitedBy === 'time') init.log.info('its time was over before the end: measured again next time')
    else await remember(init, subject, calibration)
    return calibration
  } catch (thrown) {
    if (!init.signal.aborted) warn(init.log, calibrationFailed(thrown))
    return undefined
  }
}

async function measure({ clock, signal, clip, offers, ...opener }: CalibrationInit): Promise<CapacityResult> {
  const ladder = parseTranscodingOptions(DEFAULT_TRANSCODING_OPTIONS)
  const segments = [{ seq: 0, durationMs: CLIP_MS, bytes: await clip() }]
  const limits = { clock, ms: LIMIT_MS, error: () => calibrationTooLong(LIMIT_MS), signal }
  return await within(limits, (inTime) =>
    measureCapacity({
      open: (spec, by) => openSession(opener, spec, by),
      segments,
      ladder,
      clock,
      signal: inTime,
      maxSessions: offers.reduce((sum, { slots }) => sum + slots, 0),
      rounds: (sessions) => (sessions === 1 ? 2 : 1),
      precision: 'quick',
      budgetMs: BUDGET_MS,
    }),
  )
}

/** Unknown is no reason to measure for ever. */
async function load({ processorTime, log }: CalibrationInit): Promise<ProcessorTime | undefined> {
  try {
    return await processorTime()
  } catch (thrown) {
    log.debug('the system does not tell what others have of it', { reason: toLivepeerError(thrown).message })
    return undefined
  }
}

/** What the result depends on. */
function subjectOf({ offers, devices, version }: CalibrationInit): unknown {
  return {
    version,
    clip: CALIBRATION_CLIP,
    ladder: DEFAULT_TRANSCODING_OPTIONS,
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    backends: offers.map(({ backend, slots, settings }) => ({ backend, slots, settings })),
    devices: devices.map(({ backend, id, name }) => ({ backend, id, name })),
  }
}

function toCalibration(
  { sessions, ratio, pixelsPerMs, limitedBy }: CapacityResult,
  busy: number,
  clock: Clock,
): Calibration {
  return {
    sessions,
    ratio: round(ratio),
    pixelsPerMs: round(pixelsPerMs),
    limitedBy,
    busy: round(busy),
    measuredAt: new Date(clock.now()).toISOString(),
  }
}

function shortStep({ sessions, ratio, p95Ms, backends }: CapacityResult['steps'][number]) {
  return { sessions, ratio: round(ratio), p95Ms: Math.round(p95Ms), backends }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

async function recall(init: CalibrationInit, subject: unknown): Promise<Calibration | undefined> {
  try {
    return await init.cache().get(subject)
  } catch (thrown) {
    warn(init.log, calibrationForgotten('read', thrown))
    return undefined
  }
}

async function remember(init: CalibrationInit, subject: unknown, calibration: Calibration): Promise<void> {
  try {
    await init.cache().put(subject, calibration)
  } catch (thrown) {
    warn(init.log, calibrationForgotten('written', thrown))
  }
}

function warn(log: Logger, thrown: unknown): void {
  const { message, code, remedy, cause } = toLivepeerError(thrown)
  log.warn(message, { code, remedy, ...(cause instanceof Error && { cause: cause.message }) })
}
