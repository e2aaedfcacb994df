import type { LivepeerError, WorkerReport } from '@livepeer-node/sdk'
import type { Attached } from './attached.ts'
import type { Lap, Took } from './speed.ts'
import type { Answer, Task } from './tasks.ts'
import type { Job, Rendition } from './workforce.ts'

export interface AttemptInit {
  readonly transcoder: Attached
  readonly job: Job
  readonly task: Task
  /** The transcoder has not done a segment of this session yet. */
  readonly cold: boolean
}

/** One segment at one transcoder. */
export class Attempt {
  readonly transcoder: Attached
  readonly answer: Promise<Answer>
  /** What came instead of a result. */
  failure: LivepeerError | undefined
  readonly #init: AttemptInit
  readonly #lap: Lap
  #took: Took | undefined
  #ended = false
  #overdue = false

  constructor(init: AttemptInit) {
    this.#init = init
    this.transcoder = init.transcoder
    this.#lap = init.transcoder.speed.begin()
    // What is done with an answer takes time too, and is not the transcoder's.
    this.answer = init.task.answer.then((answer) => {
      this.#end()
      return answer
    })
  }

  get startedAt(): number {
    return this.#lap.startedAt
  }

  /** It was late, and a second one was looked for. */
  get overdue(): boolean {
    return this.#overdue
  }

  isLate(): void {
    this.transcoder.isLate()
    if (this.#overdue) return
    this.#overdue = true
    this.transcoder.overdue += 1
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Its transcoder is there and works on it, as far as anybody knows. */
  get alive(): boolean {
    return !this.#ended && !this.transcoder.left.aborted
  }

  /** Nothing at all has come from its transcoder since it was sent. */
  get stalled(): boolean {
    return this.transcoder.answeredAt <= this.#lap.startedAt
  }

  /** Its result came, and was used or, with a code, not. */
  delivered(renditions: readonly Rendition[], code?: string): WorkerReport {
    const { transcoder, job, cold } = this.#init
    const pixels = Number(renditions.reduce((sum, one) => sum + one.pixels, 0n))
    const { overheadMs, speed, effective, seats } = transcoder
    const took = this.#close()
    speed.delivered(took, { pixels, durationMs: job.durationMs, overheadMs, cold })
    effective.review(seats.size)
    return this.#report({ elapsedMs: took.ms, pixels, ...(code !== undefined && { code }) })
  }

  /** There is no result that could be used. */
  failed(code: string): WorkerReport {
    return this.#report({ elapsedMs: this.#close().ms, pixels: 0, code })
  }

  /** It was waited for until now, in vain: nobody needs it any more, or nobody believes in it. */
  gaveUp(code: string): WorkerReport {
    const report = this.failed(code)
    this.transcoder.speed.gaveUp(report.elapsedMs, report.durationMs)
    return report
  }

  #close(): Took {
    if (this.#overdue && !this.#ended) this.transcoder.overdue -= 1
    this.#ended = true
    this.#init.task.close()
    return this.#end()
  }

  #end(): Took {
    this.#took ??= this.transcoder.speed.end(this.#lap)
    return this.#took
  }

  #report(result: { elapsedMs: number; pixels: number; code?: string }): WorkerReport {
    const { sessionId, streamId, seq, durationMs } = this.#init.job
    const { id, name } = this.transcoder
    return { workerId: id, worker: name, sessionId, streamId, seq: Number(seq), durationMs, ...result }
  }
}
