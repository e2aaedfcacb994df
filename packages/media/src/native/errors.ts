import { LivepeerError, type ErrorKind } from '@livepeer-node/sdk'
import { AVERROR_EOF, AVERROR_INVALIDDATA } from 'node-av/constants'
import { FFmpegError, PosixError } from 'node-av/lib'

const AVERROR_EAGAIN = FFmpegError.AVERROR(PosixError.EAGAIN)

/** How a failed call is reported; the default is `LP_FFMPEG`, kind `bug`. */
export interface Failure {
  readonly code: string
  readonly kind: ErrorKind
  readonly remedy?: string
}

const UNEXPECTED: Failure = { code: 'LP_FFMPEG', kind: 'bug' }

/** FFmpeg's text of a return code, as peers match it (media.md §7.3). */
export function ffmpegText(result: number): string {
  return FFmpegError.strerror(result)
}

/** Passes a return code through; a negative one becomes a `LivepeerError` with FFmpeg's bare text as `wireText`. */
export function check(result: number, step: string, failure: Failure = UNEXPECTED): number {
  if (result >= 0) return result
  const text = ffmpegText(result)
  throw new LivepeerError({ ...failure, message: `${step}: ${text}`, observed: result, wireText: text })
}

/** A handle that must be there: node-av answers a missing codec or filter with null. */
export function required<T>(handle: T | null | undefined, step: string, wireText: string): T {
  if (handle !== null && handle !== undefined) return handle
  throw new LivepeerError({ code: 'LP_FFMPEG', kind: 'environment', message: `${step}: ${wireText}`, wireText })
}

/** What a receive or read call says: it gave something, wants more input, or has ended. */
export type Outcome = 'got' | 'again' | 'end'

/** Sorts a return code; any other failure throws as `check` does. */
export function outcome(result: number, step: string): Outcome {
  if (result === AVERROR_EAGAIN) return 'again'
  if (result === AVERROR_EOF) return 'end'
  check(result, step)
  return 'got'
}

/** True where the call wants more input first. */
export function isAgain(result: number): boolean {
  return result === AVERROR_EAGAIN
}

/** "Invalid data found when processing input". */
export const INVALID_DATA: number = AVERROR_INVALIDDATA
