import {
  type Clock,
  type Ladder,
  type LivepeerError,
  type PublishedSegment,
  type RenditionOutcome,
  type RenditionResult,
  type Segment,
  type SegmentReport,
  SOURCE_RENDITION,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { backlog, segmentLate } from './errors.ts'
import type { TranscodeOutcome } from './transcode.ts'

export interface PipelineParts {
  readonly clock: Clock
  readonly ladder: Ladder
  /** Segments being transcoded at once. */
  readonly maxInFlight: number
  /** `segment.received`. */
  readonly received: (segment: Segment) => Promise<Segment>
  /** Never rejects. */
  readonly transcode: (segment: Segment, signal: AbortSignal) => Promise<TranscodeOutcome>
  /** Resolves when it is there for all to see. Never rejects. */
  readonly publish: (segment: PublishedSegment) => Promise<void>
  /** `failure`: why its renditions are missing. */
  readonly reported: (report: SegmentReport, failure: LivepeerError | undefined) => void
}

interface Pending {
  readonly abort: AbortController
}

/** What came of one segment. */
interface Made {
  readonly segment: Segment
  readonly outcome: TranscodeOutcome
}

/**
 * The segments of one stream: transcoded side by side, published in order, each with its source and with every
 * rendition there or marked missing. It holds a bounded number: when too many are being transcoded, the next goes out
 * without renditions, and when too many wait for the oldest, that one is given up.
 */
export class Pipeline {
  readonly #parts: PipelineParts
  readonly #pending: Pending[] = []
  #inFlight = 0
  /** Handed to the publishers, in order. */
  #tail: Promise<void> = Promise.resolve()
  /** Shown by the publishers; the last one implies those before it. */
  #shown: Promise<void> = Promise.resolve()
  #published = 0
  #incomplete = 0

  constructor(parts: PipelineParts) {
    this.#parts = parts
  }

  get stats(): { inFlight: number; published: number; incomplete: number } {
    return { inFlight: this.#inFlight, published: this.#published, incomplete: this.#incomplete }
  }

  push(segment: Segment): void {
    const arrivedAt = this.#parts.clock.monotonic()
    const entry = { abort: new AbortController() }
    this.#pending.push(entry)
    const made = this.#make(segment, entry.abort.signal)
    this.#tail = this.#hand(this.#tail, made, arrivedAt)
    this.#boundWaiting()
  }

  /** Resolves when every segment so far is published. */
  async idle(): Promise<void> {
    await this.#tail
    await this.#shown
  }

  /** No more waiting: what is not transcoded by now is published without renditions. */
  giveUp(error: LivepeerError): void {
    for (const { abort } of this.#pending) abort.abort(error)
  }

  async #hand(before: Promise<void>, made: Promise<Made>, arrivedAt: number): Promise<void> {
    await before
    // A slow publisher keeps neither the others nor the next segment waiting.
    this.#shown = this.#publish(await made, arrivedAt)
    this.#pending.shift()
    this.#boundWaiting()
  }

  #boundWaiting(): void {
    const waiting = this.#pending.length - 1
    if (waiting >= this.#parts.maxInFlight * 2) this.#pending[0]?.abort.abort(segmentLate(waiting))
  }

  async #make(original: Segment, signal: AbortSignal): Promise<Made> {
    const { ladder, maxInFlight, received, transcode } = this.#parts
    if (ladder.length === 0) return { segment: original, outcome: { ok: true, renditions: [], attempts: [] } }
    if (this.#inFlight >= maxInFlight)
      return { segment: original, outcome: { ok: false, error: backlog(this.#inFlight), attempts: [] } }
    this.#inFlight += 1
    try {
      const { streamId, seq } = original
      const segment = { ...(await received(original)), streamId, seq }
      return { segment, outcome: await transcode(segment, signal) }
    } catch (thrown) {
      return { segment: original, outcome: { ok: false, error: toLivepeerError(thrown), attempts: [] } }
    } finally {
      this.#inFlight -= 1
    }
  }

  async #publish({ segment, outcome }: Made, arrivedAt: number): Promise<void> {
    const { clock, ladder, publish, reported } = this.#parts
    const { streamId, seq, durationMs, discontinuity, probe: source } = segment
    const renditions = [sourceOf(segment), ...renditionsOf(ladder, outcome)]
    const missing = renditions.flatMap((rendition) => (rendition.ok ? [] : [rendition.name]))
    await publish({ streamId, seq, durationMs, discontinuity, source, renditions })
    this.#published += 1
    if (missing.length > 0) this.#incomplete += 1
    const latencyMs = Math.round(clock.monotonic() - arrivedAt)
    const sourceBytes = segment.bytes.length
    const { attempts } = outcome
    const failure = outcome.ok ? undefined : outcome.error
    reported({ streamId, seq, durationMs, sourceBytes, latencyMs, attempts, missing }, failure)
  }
}

function sourceOf({ bytes, format }: Segment): RenditionOutcome {
  return { ok: true, name: SOURCE_RENDITION, profile: undefined, bytes, format }
}

function renditionsOf(ladder: Ladder, outcome: TranscodeOutcome): RenditionOutcome[] {
  if (outcome.ok) return outcome.renditions.map(madeOf)
  const { error } = outcome
  return ladder.map((profile) => ({ ok: false, name: profile.name, profile, error }))
}

/** The wire has one kind of MP4; what was asked for as fragmented comes as MP4 (wire.md §1.3). */
function madeOf({ profile, bytes }: RenditionResult): RenditionOutcome {
  const format = profile.format === 'mpegts' ? 'mpegts' : 'mp4'
  return { ok: true, name: profile.name, profile, bytes, format }
}
