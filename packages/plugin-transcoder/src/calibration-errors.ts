import { LivepeerError } from '@livepeer-node/sdk'
import { textOf } from './errors.ts'

/** The sessions that this machine takes could not be found by measuring. */
export function calibrationFailed(cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CALIBRATION_FAILED',
    kind: 'environment',
    message: `This machine could not be measured: ${textOf(cause)}`,
    remedy: 'Set maxSessions; `livepeer bench` shows what is wrong.',
    cause,
  })
}

export function calibrationTooLong(limitMs: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_CALIBRATION_FAILED',
    kind: 'environment',
    message: `The measurement was not done within ${limitMs} ms.`,
    remedy: 'Set maxSessions; `livepeer bench` shows what is wrong.',
    limit: limitMs,
  })
}

/** Even a single session is too much. */
export function calibrationSlow(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_CALIBRATION_SLOW',
    kind: 'environment',
    message: `One session takes ${observed.toFixed(2)} of real time here, more than ${limit}: streams may come late.`,
    remedy: 'Use a faster preset (plugin-cpu-x264), a card, a smaller ladder or another machine.',
    observed,
    limit,
  })
}

/** Others were at work meanwhile, so it may take more. */
export function calibrationBusy(observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_CALIBRATION_BUSY',
    kind: 'environment',
    message: `Others had ${Math.round(100 * observed)} % of this machine while it was measured: it may take more than was found.`,
    remedy: 'Nothing: it is measured again at the next start. Or set maxSessions.',
    observed,
    limit,
  })
}

/** What was measured is not kept: it will be measured again at the next start. */
export function calibrationForgotten(what: 'read' | 'written', cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CALIBRATION_CACHE',
    kind: 'environment',
    message: `What was measured of this machine could not be ${what}.`,
    remedy:
      'Look at calibration.json in the data folder and the room on its disk; this node measures again at each start.',
    cause,
  })
}
