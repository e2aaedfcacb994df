import { type Examination, outputSize } from '@livepeer-node/media'
import type { LivepeerError, Profile } from '@livepeer-node/sdk'
import { likeness } from './likeness.ts'
import { resultForeign, resultProfile } from './result-errors.ts'

/** MPEG-TS counts in 33 bits of 1/90000 s. */
const TS_TURN_MS = 2 ** 33 / 90
/** Frames may be dropped at both ends where the frame rate changes, and a decoder may need some to begin with. */
const TIME_TOLERANCE_MS = 500
const SPAN_TOLERANCE = 0.2
/** Renditions of a source are at 0.95 and more, however poor; other pictures rarely above 0.5. */
const LEAST_LIKENESS = 0.8
/** Each transcoder rounds to even sizes in its own way. */
const SIZE_TOLERANCE = 4

export interface Suspected {
  readonly source: Examination
  readonly rendition: Examination
  readonly profile: Profile
}

/** What is wrong with a rendition, apart from its number of pixels; `undefined`: nothing is. */
export function judge({ source, rendition, profile }: Suspected): LivepeerError | undefined {
  // Without a picture in the source there is nothing to hold a rendition against.
  if (source.codec === '' || source.portrait === undefined) return undefined
  if (rendition.codec !== profile.codec)
    return resultProfile(profile.name, rendition.codec || 'no video', profile.codec)
  const asked = outputSize(profile, source)
  if (!isNear(rendition.width, asked.width) || !isNear(rendition.height, asked.height)) {
    return resultProfile(profile.name, sizeOf(rendition), sizeOf(asked))
  }
  const why = timeDiffers(source, rendition, profile) ?? pictureDiffers(source, rendition)
  return why && resultForeign(profile.name, why.observed, why.limit)
}

interface Difference {
  readonly observed: string
  readonly limit: string
}

function timeDiffers(source: Examination, rendition: Examination, { format }: Profile): Difference | undefined {
  const spanLimit = Math.max(TIME_TOLERANCE_MS, SPAN_TOLERANCE * source.spanMs)
  if (Math.abs(source.spanMs - rendition.spanMs) > spanLimit) {
    return { observed: `${ms(rendition.spanMs)} of video`, limit: `${ms(source.spanMs)} of video` }
  }
  // MP4 may count from 0.
  if (format !== 'mpegts' || source.startMs === undefined || rendition.startMs === undefined) return undefined
  if (!startDiffers(source.startMs, rendition.startMs)) return undefined
  return { observed: `start at ${ms(rendition.startMs)}`, limit: `start at ${ms(source.startMs)}` }
}

/** Do two times of MPEG-TS differ by more than encoders make them differ? In ms. */
export function startDiffers(source: number, rendition: number): boolean {
  const apart = Math.abs(source - rendition) % TS_TURN_MS
  return Math.min(apart, TS_TURN_MS - apart) > TIME_TOLERANCE_MS
}

function pictureDiffers(source: Examination, rendition: Examination): Difference | undefined {
  const { portrait } = rendition
  if (portrait === undefined || source.portrait === undefined) {
    return { observed: 'no picture that can be decoded', limit: 'the source’s pictures' }
  }
  const alike = likeness(source.portrait, portrait)
  if (alike >= LEAST_LIKENESS) return undefined
  return { observed: `a first picture that is ${alike.toFixed(2)} like the source’s`, limit: String(LEAST_LIKENESS) }
}

function isNear(observed: number, asked: number): boolean {
  return Math.abs(observed - asked) <= SIZE_TOLERANCE
}

function sizeOf({ width, height }: { width: number; height: number }): string {
  return `${width}x${height}`
}

function ms(value: number): string {
  return `${Math.round(value)} ms`
}
