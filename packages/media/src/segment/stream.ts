import {
  toLivepeerError,
  type Clock,
  type LivepeerError,
  type MediaPacket,
  type PacketSink,
  type SegmentSink,
} from '@livepeer-node/sdk'
import { unpackError } from '../supervisor/protocol.ts'
import { workerGivesUp } from './errors.ts'
import { isKeyMessage } from './flv-message.ts'
import type { SegmentOptions } from './options.ts'
import type { ResumePoint } from './segmenter.ts'
import type { FeedResult, SegmentProtocol } from './worker-protocol.ts'

type Calls = SegmentProtocol['calls']

/** What came of a call: an answer, or the end of the worker, perhaps at this stream's hands. */
export type WorkerAnswer<T> = { readonly answer: T } | { readonly died: LivepeerError; readonly suspect: boolean }

/** This stream's place in a worker. */
export interface WorkerPlace {
  open(input: Omit<Calls['open']['in'], 'stream'>): Promise<WorkerAnswer<undefined>>
  feed(input: { readonly packets: readonly MediaPacket[]; readonly end: boolean }): Promise<WorkerAnswer<FeedResult>>
  /** Gives the place back, the worker's memory of the stream included. Never rejects. */
  leave(): Promise<void>
}

export interface StreamParts {
  readonly streamId: string
  readonly options: SegmentOptions
  readonly sink: SegmentSink
  readonly clock: Clock
  /** A place in a living worker. Rejects where workers cannot start. */
  readonly place: () => Promise<WorkerPlace>
}

/** Packets are sent together, but none waits longer than this, ms; a key frame does not wait at all. */
const BATCH_MS = 500
const BATCH_BYTES = 256 * 1024
/** Bytes under way to the worker at which the writer is told to wait, and at which it may go on. */
const HIGH_WATER = 4 * 1024 * 1024
const LOW_WATER = HIGH_WATER / 2
/** Deaths in a row, each with this stream's call in front, after which the stream counts as their cause. */
const MAX_STRIKES = 3

/**
 * One stream on its way through a segment worker. It keeps the packets of the open segment: when the worker dies, they are
 * played again to another one from the last cut on, so that no packet, no segment and no number is lost or made twice.
 */
export class SegmentStream implements PacketSink {
  readonly #parts: StreamParts
  /** Packets since the last cut; the first one is number `#base` of the stream. */
  #kept: MediaPacket[] = []
  #base = 0
  /** Number of the next packet for the present worker, and of the first packet that no worker has answered for. */
  #next = 0
  #answered = 0
  #backlog = 0
  #resume: ResumePoint | undefined
  #strikes = 0
  #ending = false
  #over = false
  #due = false
  #cancelTimer: (() => void) | undefined
  #wake = Promise.withResolvers<void>()
  #room: PromiseWithResolvers<void> | undefined
  /** Resolves when nothing is handed on any more. */
  readonly done: Promise<void>

  constructor(parts: StreamParts) {
    this.#parts = parts
    this.done = this.#run()
  }

  write(packet: MediaPacket): boolean {
    if (this.#over || this.#ending) return true
    this.#kept.push(packet)
    this.#backlog += packet.data.byteLength
    if (isKeyMessage(packet) || this.#backlog >= BATCH_BYTES) this.#send()
    else this.#cancelTimer ??= this.#parts.clock.after(BATCH_MS, () => this.#send())
    return this.#backlog < HIGH_WATER
  }

  ready(): Promise<void> {
    if (this.#over || this.#backlog < HIGH_WATER) return Promise.resolve()
    this.#room ??= Promise.withResolvers<void>()
    return this.#room.promise
  }

  end(): Promise<void> {
    this.#ending = true
    this.#send()
    return this.done
  }

  abort(): Promise<void> {
    this.#close()
    return this.done
  }

  async #run(): Promise<void> {
    try {
      while (!this.#over) {
        const place = await this.#parts.place()
        try {
          await this.#serve(place)
        } finally {
          await place.leave()
        }
      }
    } catch (error) {
      this.#fail(toLivepeerError(error))
    } finally {
      this.#close()
    }
  }

  /** Feeds one worker until the stream is over or the worker is gone. */
  async #serve(place: WorkerPlace): Promise<void> {
    this.#next = this.#base
    const opened = await place.open({ options: this.#parts.options, resume: this.#resume })
    if ('died' in opened) return this.#strike(opened)
    if (this.#kept.length > 0) this.#send()
    while (!this.#over) {
      await this.#whenDue()
      if (this.#over) return
      const packets = this.#kept.slice(this.#next - this.#base)
      const end = this.#ending
      this.#next += packets.length
      const fed = await place.feed({ packets, end })
      if ('died' in fed) return this.#strike(fed)
      this.#strikes = 0
      this.#settle(fed.answer)
      if (end) this.#close()
    }
  }

  #strike({ died, suspect }: { died: LivepeerError; suspect: boolean }): void {
    if (suspect && ++this.#strikes >= MAX_STRIKES) throw workerGivesUp(died)
  }

  #settle({ segments, resume, failure }: FeedResult): void {
    this.#acknowledge()
    for (const segment of segments) {
      if (this.#over) return
      this.#parts.sink.segment({ ...segment, streamId: this.#parts.streamId, format: 'mpegts' })
    }
    if (resume) this.#forgetBefore(resume)
    if (failure) throw unpackError(failure, [])
  }

  #acknowledge(): void {
    for (; this.#answered < this.#next; this.#answered++) {
      this.#backlog -= this.#kept[this.#answered - this.#base]?.data.byteLength ?? 0
    }
    if (this.#backlog > LOW_WATER) return
    this.#room?.resolve()
    this.#room = undefined
  }

  #forgetBefore(resume: ResumePoint): void {
    this.#resume = resume
    this.#kept.splice(0, resume.packets - this.#base)
    this.#base = resume.packets
  }

  #send(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#due = true
    this.#wake.resolve()
  }

  async #whenDue(): Promise<void> {
    if (!this.#due) await this.#wake.promise
    this.#wake = Promise.withResolvers<void>()
    this.#due = false
  }

  #fail(error: LivepeerError): void {
    if (this.#over) return
    this.#close()
    this.#parts.sink.failed(error)
  }

  /** Nothing is taken and nothing is handed on any more. Whoever waits is told. */
  #close(): void {
    this.#over = true
    this.#send()
    this.#kept = []
    this.#room?.resolve()
  }
}
