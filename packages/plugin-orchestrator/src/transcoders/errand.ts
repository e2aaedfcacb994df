import { isNonRetryable, remoteTranscodeMs } from '@livepeer-node/protocol'
import { type Clock, type DispatchReason, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import { Attempt } from './attempt.ts'
import type { Conduct } from './conduct.ts'
import { lost, tookTooLong } from './errors.ts'
import type { Hedging } from './hedging.ts'
import { Mailbox } from './mailbox.ts'
import { jobNotification } from './notifications.ts'
import { pixelsOf, type Placement } from './placement.ts'
import type { Need, TranscoderPool } from './pool.ts'
import type { SessionDesk } from './session-desk.ts'
import type { Answer, Tasks } from './tasks.ts'
import type { Job, Rendition } from './workforce.ts'

/** With nobody else there, how long a transcoder that broke off may take to come back or to deliver all the same, ms. */
const COMEBACK_MS = 3000
/** Transcoders that one segment may be sent to. One that brings down every transcoder must not bring down all of them. */
const MAX_ATTEMPTS = 4
/** Until it is looked again for one that is better off, ms. */
const LOOK_AGAIN_MS = 250
/** With less time left than this nobody else would be done in time, ms. */
const POINTLESS_MS = 400

export interface ErrandInit {
  readonly pool: TranscoderPool
  readonly sessions: SessionDesk
  readonly tasks: Tasks
  readonly placement: Placement
  readonly hedging: Hedging
  readonly conduct: Conduct
  readonly uri: string
  readonly clock: Clock
  readonly log: Logger
}

type News =
  | { readonly kind: 'answer'; readonly attempt: Attempt; readonly answer: Answer }
  | { readonly kind: 'gone'; readonly attempt: Attempt }
  | { readonly kind: 'late'; readonly attempt: Attempt }
  | { readonly kind: 'room' }
  | { readonly kind: 'over'; readonly error: LivepeerError }

/**
 * One segment on its way through one or more transcoders. Unlike the reference it is sent to another one at once when a
 * transcoder goes away or fails, and to a second one beside the first when that one is late: the first good answer counts.
 */
export class Errand {
  readonly #job: Job
  readonly #init: ErrandInit
  readonly #until: number
  readonly #inbox = new Mailbox<News>()
  readonly #attempts: Attempt[] = []
  readonly #undo: (() => void)[] = []
  /** A further transcoder is looked for, and there is none yet. */
  #wanted: DispatchReason | undefined
  #stopWaiting: () => void = () => undefined
  #failure: LivepeerError | undefined
  #cancelled: LivepeerError | undefined

  constructor(job: Job, init: ErrandInit) {
    this.#job = job
    this.#init = init
    this.#until = init.clock.monotonic() + remoteTranscodeMs(job.durationMs)
  }

  /** All that it was sent to, the first one first. */
  get attempts(): readonly Attempt[] {
    return this.#attempts
  }

  /** In ladder order. Rejects when nobody delivered in time, or nobody could. */
  async run(): Promise<readonly Rendition[]> {
    this.#undo.push(this.#init.clock.after(this.#left, () => this.#over(this.#tooLate())))
    this.#undo.push(this.#init.pool.watch(() => this.#inbox.put({ kind: 'room' })))
    try {
      await this.#begin()
      for (;;) {
        const renditions = await this.#react(await this.#inbox.next())
        if (renditions) return renditions
      }
    } finally {
      for (const step of this.#undo) step()
      this.#stopWaiting()
    }
  }

  /** Nobody needs it any more. */
  cancel(error: LivepeerError): void {
    this.#cancelled = error
    this.#over(error)
  }

  get #left(): number {
    return Math.max(0, this.#until - this.#init.clock.monotonic())
  }

  async #begin(): Promise<void> {
    const { sessions, pool } = this.#init
    const { own, reason } = sessions.whereabouts(this.#job.sessionId)
    if (!own) return await this.#seek(reason ?? 'new')
    // It is kept while nobody else is better off.
    if (reason === undefined) return this.#send(own)
    const others = { ...this.#need(reason, own), livelySince: own.lateSince ?? Number.NEGATIVE_INFINITY }
    if (reason !== 'failed' && pool.candidates(others).length === 0) return this.#send(own)
    await this.#seek(reason, own)
  }

  async #react(news: News): Promise<readonly Rendition[] | undefined> {
    switch (news.kind) {
      case 'answer':
        return await this.#answered(news.attempt, news.answer)
      case 'gone':
        if (news.attempt.ended) break
        this.#failure = lost(news.attempt.transcoder.name)
        this.#takenAway(news.attempt, this.#failure)
        if (!this.#isInHand) await this.#seek('lost')
        break
      case 'late':
        await this.#late(news.attempt)
        break
      case 'room':
        if (this.#wanted) await this.#seek(this.#wanted)
        else if (this.#attempts.some((one) => one.alive && one.overdue)) await this.#hedge()
        break
      case 'over':
        throw news.error
    }
    return undefined
  }

  async #answered(attempt: Attempt, answer: Answer): Promise<readonly Rendition[] | undefined> {
    const { conduct, hedging } = this.#init
    if ('error' in answer) return await this.#failed(attempt, answer.error)
    try {
      await conduct.check(this.#job, answer.renditions, attempt.transcoder)
    } catch (thrown) {
      return await this.#failed(attempt, toLivepeerError(thrown))
    }
    this.#assertNeeded()
    const { elapsedMs } = conduct.delivered(attempt, answer.renditions)
    hedging.learn(elapsedMs / this.#job.durationMs)
    this.#init.sessions.delivered(this.#job, attempt, { elapsedMs, renditions: answer.renditions })
    conduct.blame(this.#attempts.filter((one) => one.failure !== undefined))
    return answer.renditions
  }

  async #failed(attempt: Attempt, error: LivepeerError): Promise<undefined> {
    const { conduct, sessions } = this.#init
    this.#failure = error
    sessions.dismiss(this.#job.sessionId, attempt.transcoder, 'failed')
    conduct.failed(attempt, error)
    // Nobody else would do better with such a segment; but one who always says so must not have the last word.
    if (this.#attempts.filter(({ failure }) => failure && isHopeless(failure)).length > 1) throw error
    this.#takenAway(attempt, error)
    if (!this.#isInHand) await this.#seek('failed')
    else if (this.#attempts.every((one) => !one.alive || one.overdue)) await this.#seek('hedge')
  }

  async #late(attempt: Attempt): Promise<void> {
    if (!attempt.alive) return
    attempt.isLate()
    if (!(await this.#hedge())) this.#remind(attempt, LOOK_AGAIN_MS)
  }

  /** Sends it to a second one, if somebody is better off and it is worth it. True: it is, or needs no further look. */
  async #hedge(): Promise<boolean> {
    const { pool, hedging } = this.#init
    const left = this.#left
    if (left < POINTLESS_MS || this.#wanted) return true
    if (this.#attempts.some((one) => one.alive && !one.overdue)) return true
    if (pool.candidates(this.#need('hedge')).length === 0) return false
    // Where nothing at all comes back, it is worth it whatever it costs; but not before half of the time has passed.
    const isDesperate =
      left <= remoteTranscodeMs(this.#job.durationMs) / 2 && this.#attempts.some((one) => one.alive && one.stalled)
    if (!hedging.take() && !isDesperate) return false
    await this.#seek('hedge')
    return true
  }

  /** Sends it to whoever is best, or waits for somebody. `leaving`: the session's transcoder, which it leaves. */
  async #seek(reason: DispatchReason, leaving?: Attached): Promise<void> {
    const { pool, placement, sessions } = this.#init
    const { sessionId, streamId, seq, durationMs, ladder } = this.#job
    const need = this.#need(reason, leaving)
    const pixels = this.#pixels
    const job = { sessionId, streamId, seq: Number(seq), durationMs, ladder, pixels, reason }
    const mayTry = this.#attempts.length < MAX_ATTEMPTS
    const chosen = mayTry ? await placement.choose(() => pool.candidates(need), job) : undefined
    this.#assertNeeded()
    if (!chosen) return this.#waitForSomebody(reason, need)
    if (leaving) sessions.dismiss(sessionId, leaving, reason)
    this.#wanted = undefined
    this.#stopWaiting()
    this.#send(chosen)
  }

  /** A new session goes elsewhere, a failed segment is the broadcaster's to know; who went away may come back. */
  #waitForSomebody(reason: DispatchReason, need: Need): void {
    const { pool, clock } = this.#init
    if (reason === 'hedge') {
      this.#wanted = reason
      return
    }
    const error = this.#failure ?? pool.missing(need)
    if (reason === 'new' || reason === 'failed' || this.#attempts.length >= MAX_ATTEMPTS) throw error
    if (this.#wanted) return
    this.#wanted = reason
    this.#stopWaiting = clock.after(Math.min(this.#left, COMEBACK_MS), () => this.#over(error))
  }

  #send(transcoder: Attached): void {
    const { tasks, sessions, hedging, uri } = this.#init
    const { sessionId, durationMs } = this.#job
    const { cold, usual } = sessions.take(sessionId, transcoder, this.#pixels)
    const task = tasks.open(transcoder)
    const attempt = new Attempt({ transcoder, job: this.#job, task, cold })
    this.#attempts.push(attempt)
    transcoder.notify(jobNotification(this.#job, { uri, taskId: task.id }))
    void attempt.answer.then((answer) => this.#inbox.put({ kind: 'answer', attempt, answer }))
    const gone = () => this.#inbox.put({ kind: 'gone', attempt })
    transcoder.left.addEventListener('abort', gone, { once: true })
    // It may have left while it was chosen.
    if (transcoder.left.aborted) gone()
    this.#undo.push(() => transcoder.left.removeEventListener('abort', gone))
    this.#remind(attempt, hedging.deadlineMs({ durationMs, leftMs: this.#left, usual, cold }))
  }

  /** A session that ended meanwhile must not come to life again here. */
  #assertNeeded(): void {
    if (this.#cancelled) throw this.#cancelled
  }

  #remind(attempt: Attempt, ms: number): void {
    this.#undo.push(this.#init.clock.after(ms, () => this.#inbox.put({ kind: 'late', attempt })))
  }

  #over(error: LivepeerError): void {
    this.#inbox.put({ kind: 'over', error })
  }

  #tooLate(): LivepeerError {
    const names = this.#attempts.map(({ transcoder }) => transcoder.name).join(', ')
    return tookTooLong(names, remoteTranscodeMs(this.#job.durationMs))
  }

  get #isInHand(): boolean {
    return this.#attempts.some(({ alive }) => alive)
  }

  get #pixels(): number {
    const { ladder, durationMs, sessionId } = this.#job
    return this.#init.sessions.pixels(sessionId, durationMs) ?? pixelsOf(ladder, durationMs)
  }

  /** Monotonic ms; since when the transcoder that was asked first, of those that are still at it, has had it in hand. */
  get #waitsSince(): number | undefined {
    return this.#attempts.find(({ alive }) => alive)?.startedAt
  }

  #need(reason: DispatchReason, leaving?: Attached): Need {
    const tried = this.#attempts.map(({ transcoder }) => transcoder)
    return {
      capabilities: this.#job.data.capabilities,
      except: new Set(leaving ? [...tried, leaving] : tried),
      known: reason !== 'new',
      livelySince: reason === 'hedge' ? this.#waitsSince : undefined,
    }
  }

  #takenAway({ transcoder }: Attempt, error: LivepeerError): void {
    const { sessionId, streamId, seq } = this.#job
    const fields = { sessionId, streamId, seq, transcoder: transcoder.name, error }
    this.#init.log.warn('segment taken away from a transcoder', fields)
  }
}

/** The segment's fault, as its transcoder says. */
function isHopeless({ wireText }: LivepeerError): boolean {
  return wireText !== undefined && isNonRetryable(wireText)
}
