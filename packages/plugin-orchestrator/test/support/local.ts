import type { LocalTranscoder, TranscodeJob, TranscodeResult } from '@livepeer-node/sdk'
import { aTranscodeResult } from '@livepeer-node/test-kit'

interface Running {
  readonly job: TranscodeJob
  readonly signal: AbortSignal
  finish(result?: TranscodeResult): void
  fail(error: Error): void
}

/** A transcoder in the orchestrator's process whose jobs end when the test says so. */
export class HeldTranscoder implements LocalTranscoder {
  readonly capacity: number
  readonly capabilities: readonly number[] = []
  readonly ended: string[] = []
  readonly running: Running[] = []
  #waiters: (() => void)[] = []

  constructor(capacity = 2) {
    this.capacity = capacity
  }

  transcode(job: TranscodeJob, signal: AbortSignal): Promise<TranscodeResult> {
    const { promise, resolve, reject } = Promise.withResolvers<TranscodeResult>()
    const finish = (result = aTranscodeResult(job.spec.ladder)) => resolve(result)
    this.running.push({ job, signal, finish, fail: reject })
    for (const tell of this.#waiters.splice(0)) tell()
    return promise
  }

  /** The job that was begun as number `index`, once it has been. */
  async started(index: number): Promise<Running> {
    for (;;) {
      const running = this.running[index]
      if (running) return running
      await new Promise<void>((resolve) => this.#waiters.push(resolve))
    }
  }

  endSession(sessionId: string): Promise<void> {
    this.ended.push(sessionId)
    return Promise.resolve()
  }
}

/** Does every job at once. */
export class QuickTranscoder implements LocalTranscoder {
  readonly capacity = 10
  readonly capabilities: readonly number[] = []

  transcode(job: TranscodeJob): Promise<TranscodeResult> {
    return Promise.resolve(aTranscodeResult(job.spec.ladder))
  }

  endSession(): Promise<void> {
    return Promise.resolve()
  }
}
