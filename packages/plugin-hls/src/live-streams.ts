import type { CloseReason, Publisher, SegmentReport, Stream } from '@livepeer-node/sdk'
import type { Variant } from './playlist.ts'
import { type HlsPeers, type HlsSettings, HlsStream } from './stream.ts'

/** Segment reports that a page can look back on. */
const REPORTS_KEPT = 12

export type StreamState = 'waiting' | 'live' | 'ended'

/** One stream for the page and for scripts: the shape of `/streams.json`. */
export interface StreamSummary {
  readonly id: string
  readonly state: StreamState
  readonly protocol: string
  /** ms since 1970. */
  readonly startedAt: number
  /** ms since 1970, or `null` while it goes on. */
  readonly endedAt: number | null
  /** Sequence number of the newest segment, `null` before the first. */
  readonly newestSeq: number | null
  readonly variants: readonly Variant[]
  /** Oldest first. */
  readonly reports: readonly SegmentReport[]
}

interface Shown {
  readonly hls: HlsStream
  readonly reports: SegmentReport[]
  cancelDrop: (() => void) | undefined
}

export interface LiveStreamsInit {
  readonly settings: HlsSettings
  /** ms that a stream stays playable after its end. */
  readonly keepEndedMs: number
  readonly peers: HlsPeers
}

/** The streams that can be played now, by playback id. */
export class LiveStreams {
  readonly #init: LiveStreamsInit
  readonly #shown = new Map<string, Shown>()

  constructor(init: LiveStreamsInit) {
    this.#init = init
  }

  /** Shows a new stream. One that ended under the same id makes way for it. */
  open(stream: Stream): Publisher {
    this.#shown.get(stream.id)?.cancelDrop?.()
    const hls = new HlsStream(stream, this.#init.settings, this.#init.peers)
    const shown: Shown = { hls, reports: [], cancelDrop: undefined }
    this.#shown.set(stream.id, shown)
    return {
      publish: (segment) => hls.publish(segment),
      end: async (reason: CloseReason) => {
        await hls.end(reason)
        shown.cancelDrop ??= this.#init.peers.clock.after(this.#init.keepEndedMs, () => this.#drop(shown))
      },
    }
  }

  find(id: string): HlsStream | undefined {
    return this.#shown.get(id)?.hls
  }

  report(report: SegmentReport): void {
    const reports = this.#shown.get(report.streamId)?.reports
    reports?.push(report)
    if (reports && reports.length > REPORTS_KEPT) reports.shift()
  }

  /** Newest first. */
  list(): readonly StreamSummary[] {
    return [...this.#shown.values()].map(summary).toSorted((a, b) => b.startedAt - a.startedAt)
  }

  /** Resolves when every ended stream has shown its end for one segment's length, or when the signal aborts. */
  async shownToTheEnd(deadline: AbortSignal): Promise<void> {
    const { clock } = this.#init.peers
    const ends = [...this.#shown.values()].flatMap(({ hls }) => hls.endedAt ?? [])
    const leftMs = Math.max(0, ...ends) + this.#init.settings.segmentMs - clock.now()
    if (leftMs <= 0) return
    // The deadline is a reason to go on, not a failure.
    await clock.sleep(leftMs, deadline).catch(() => undefined)
  }

  /** Forgets everything, timers too. */
  close(): void {
    for (const { cancelDrop } of this.#shown.values()) cancelDrop?.()
    this.#shown.clear()
  }

  #drop(shown: Shown): void {
    const { id } = shown.hls.stream
    if (this.#shown.get(id) === shown) this.#shown.delete(id)
  }
}

function summary({ hls, reports }: Shown): StreamSummary {
  const { id, protocol, startedAt } = hls.stream
  return {
    id,
    protocol,
    startedAt,
    state: stateOf(hls),
    endedAt: hls.endedAt ?? null,
    newestSeq: hls.newestSeq ?? null,
    variants: hls.variants,
    reports: [...reports],
  }
}

function stateOf(hls: HlsStream): StreamState {
  if (hls.endedAt !== undefined) return 'ended'
  return hls.newestSeq === undefined ? 'waiting' : 'live'
}
