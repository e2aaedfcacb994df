import type { Examination } from '@livepeer-node/media'
import {
  type Clock,
  isLivepeerError,
  type LivepeerError,
  type Logger,
  type Measurement,
  type Profile,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { checkRenditions } from '../segment/result.ts'
import { fingerprint, Fingerprints } from './fingerprints.ts'
import { resultNoMedia, resultPixels } from './result-errors.ts'
import { judge, startDiffers } from './result-judge.ts'
import type { Suspect, Suspensions } from './suspensions.ts'
import { glanceAtTs, type TsGlance } from './ts-glance.ts'
import type { Job, Rendition } from './workforce.ts'

/** Looks into media, outside the event loop. */
export interface Examiner {
  /** Somebody will ask soon. */
  prewarm(): Promise<void>
  examine(bytes: Uint8Array): Promise<Examination>
  measure(bytes: Uint8Array): Promise<Measurement>
}

/** Who delivered. */
export interface Deliverer extends Suspect {
  readonly id: string
}

export interface ResultChecksInit {
  readonly examiner: Examiner
  readonly suspensions: Suspensions
  readonly clock: Clock
  readonly log: Logger
  /** These bytes are read until a look is over, which may be long after their result was used. */
  readonly keep: (bytes: Uint8Array) => void
  /** Share of the results that are looked into, beside each transcoder's first of each session; 0: no result ever is. */
  readonly share: number
  /** From 0 to 1; default `Math.random`. */
  readonly random?: () => number
}

/** How long a result waits for the look into it, ms; past it, it is used and the look goes on. */
const WAIT_MS = { first: 500, suspicious: 2000, sample: 0 } as const
type Reason = keyof typeof WAIT_MS
/** Looks at once: each holds a source and its renditions in memory. */
const MAX_LOOKS = 8
/** Suspicious results of one session from one transcoder after which, if nothing was wrong, they are as any other. */
const ALARMS = 3
/** Above the pixels of the largest source at this rate, a number of pixels is a reason to count, frames per second. */
const FASTEST_FPS = 120
const MARGIN = 1.2

/** A result on its way to its broadcaster. */
interface Result {
  readonly job: Job
  readonly renditions: readonly Rendition[]
  readonly from: Deliverer
  /** Of each rendition; `undefined` where it was asked for as MP4. */
  readonly glances: readonly (TsGlance | undefined)[]
}

/** What one transcoder delivered for one session so far. */
interface Acquaintance {
  /** Results that were suspicious. */
  alarms: number
  /** Of the latest result, by rendition: pixels for each picture; `undefined`: there is no telling. */
  sizes: readonly (number | undefined)[] | undefined
}

/**
 * Looks at what a transcoder delivered before anybody is given it. Counts and sizes always; into the media where something
 * is suspicious, at a transcoder's first result of a session, and now and then. Nothing is held against a transcoder that
 * an honest one could have done as well.
 */
export class ResultChecks {
  readonly #init: ResultChecksInit
  readonly #random: () => number
  readonly #fingerprints = new Fingerprints()
  /** By live session, by transcoder whose results were looked into. */
  readonly #known = new Map<string, Map<string, Acquaintance>>()
  #looks = 0

  constructor(init: ResultChecksInit) {
    this.#init = init
    this.#random = init.random ?? Math.random
  }

  /** Throws `LP_RESULT_…` for a result that must not be used; its sender is then to be suspended and another one asked. */
  async check(job: Job, renditions: readonly Rendition[], from: Deliverer): Promise<void> {
    checkRenditions(job, renditions)
    for (const [i, { pixels }] of renditions.entries()) {
      if (pixels <= 0n) throw resultPixels(job.ladder[i]?.name ?? '', pixels, 'at least one frame')
    }
    if (this.#init.share === 0) return
    const result = { job, renditions, from, glances: renditions.map((one, i) => glance(one, job.ladder[i])) }
    const reason = this.#reason(result)
    const error = reason && (await this.#look(result, reason))
    if (error) throw error
    const known = this.#known.get(job.sessionId)?.get(from.id)
    if (known) known.sizes = sizesOf(result)
  }

  openSession(sessionId: string): void {
    this.#known.set(sessionId, new Map())
    // One that does not start is told of when it is asked.
    if (this.#init.share > 0) this.#init.examiner.prewarm().catch(() => undefined)
  }

  endSession(sessionId: string): void {
    this.#known.delete(sessionId)
  }

  /** For the status page: nothing here may grow without end. */
  get sizes(): { readonly sessions: number; readonly fingerprints: number; readonly looks: number } {
    return { sessions: this.#known.size, fingerprints: this.#fingerprints.size, looks: this.#looks }
  }

  #reason(result: Result): Reason | undefined {
    const { job, from } = result
    // A result of a session that has ended meanwhile is nobody's first.
    const session = this.#known.get(job.sessionId)
    const known = session?.get(from.id)
    const isSuspicious = this.#isSuspicious(result, known)
    if (this.#looks >= MAX_LOOKS) return undefined
    const alarms = known?.alarms ?? 0
    const isAlarm = isSuspicious && alarms < ALARMS
    if (isAlarm || !known) session?.set(from.id, { alarms: alarms + Number(isAlarm), sizes: known?.sizes })
    if (isAlarm) return 'suspicious'
    if (session && !known) return 'first'
    return this.#random() < this.#init.share ? 'sample' : undefined
  }

  /**
   * Copies of another result, more pixels than there can be, pictures of another size than before, another time than the
   * source's. Two black streams look like that, or a source that changes its size: it proves nothing.
   */
  #isSuspicious(result: Result, known: Acquaintance | undefined): boolean {
    const { job, renditions } = result
    const source = fingerprint(job.bytes)
    const reused = renditions.filter(({ bytes }) => this.#fingerprints.isReused(bytes, source))
    if (reused.length > 0 || renditions.some(({ pixels }, i) => isFar(pixels, job, job.ladder[i]))) return true
    const sizes = sizesOf(result)
    return (known?.sizes?.some((size, i) => size !== sizes[i]) ?? false) || isOfAnotherTime(result)
  }

  /** What is wrong, where that is found out in time. What is found later suspends the transcoder all the same. */
  async #look(result: Result, reason: Reason): Promise<LivepeerError | undefined> {
    const { clock } = this.#init
    let inTime = true
    const found = this.#examine(result).then((error) => {
      if (error && !inTime) this.#tooLate(result, error)
      return error
    })
    const waited = new AbortController()
    const patience = clock.sleep(WAIT_MS[reason], waited.signal).catch(() => undefined)
    const error = await Promise.race([found, patience])
    inTime = false
    waited.abort()
    return error ?? undefined
  }

  #tooLate({ job, from }: Result, error: LivepeerError): void {
    const { sessionId, streamId, seq } = job
    this.#init.log.warn('a result that was used already was wrong', {
      sessionId,
      streamId,
      seq,
      transcoder: from.name,
      error,
    })
    this.#init.suspensions.strike(from, error)
  }

  /** Never rejects. */
  async #examine({ job, renditions }: Result): Promise<LivepeerError | undefined> {
    this.#looks += 1
    for (const { bytes } of [job, ...renditions]) this.#init.keep(bytes)
    try {
      const source = await this.#init.examiner.examine(job.bytes)
      for (const [i, rendition] of renditions.entries()) {
        const profile = job.ladder[i]
        const error = profile && (await this.#examineOne({ source, rendition, profile }))
        if (error) return error
      }
      return undefined
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      // A source that is no media is its broadcaster's affair.
      const level = error.code === 'LP_MEDIA_INVALID' ? 'debug' : 'warn'
      this.#init.log[level]('a result could not be looked into', { sessionId: job.sessionId, seq: job.seq, error })
      return undefined
    } finally {
      this.#looks -= 1
    }
  }

  async #examineOne(one: {
    source: Examination
    rendition: Rendition
    profile: Profile
  }): Promise<LivepeerError | undefined> {
    const { examiner } = this.#init
    const { source, profile } = one
    const { bytes, pixels } = one.rendition
    try {
      const rendition = await examiner.examine(bytes)
      const wrong = judge({ source, rendition, profile })
      if (wrong || pixels === BigInt(rendition.frames * rendition.width * rendition.height)) return wrong
      // Packets are not always pictures, and sizes may change: nobody is accused before each picture was decoded.
      const measured = BigInt((await examiner.measure(bytes)).pixels)
      return measured === pixels ? undefined : resultPixels(profile.name, pixels, measured)
    } catch (thrown) {
      if (isLivepeerError(thrown) && thrown.code === 'LP_MEDIA_INVALID') return resultNoMedia(profile.name, thrown)
      throw thrown
    }
  }
}

/** Throws for what was asked for as MPEG-TS and is none: that takes no decoder to see. */
function glance({ bytes }: Rendition, profile: Profile | undefined): TsGlance | undefined {
  if (profile?.format !== 'mpegts') return undefined
  const seen = glanceAtTs(bytes)
  if (!seen) throw resultNoMedia(profile.name, new Error('it does not consist of whole MPEG-TS packets'))
  return seen
}

function sizesOf({ renditions, glances }: Result): readonly (number | undefined)[] {
  return renditions.map(({ pixels }, i) => {
    const pictures = glances[i]?.pictures
    return pictures === undefined ? undefined : Number(pixels) / Math.max(1, pictures)
  })
}

function isOfAnotherTime({ job, glances }: Result): boolean {
  const startMs = glanceAtTs(job.bytes)?.startMs
  if (startMs === undefined) return false
  return glances.some((one) => one?.startMs !== undefined && startDiffers(startMs, one.startMs))
}

/** More than a source of any shape gives at a high rate. The duration is the broadcaster's word, so this proves nothing yet. */
function isFar(pixels: bigint, { durationMs }: Job, profile: Profile | undefined): boolean {
  if (!profile) return false
  const side = Math.max(profile.width, profile.height)
  const fps = profile.fps > 0 ? profile.fps / Math.max(1, profile.fpsDen) : FASTEST_FPS
  return Number(pixels) > side * side * (1 + (fps * durationMs * MARGIN) / 1000)
}
