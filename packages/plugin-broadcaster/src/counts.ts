import type { Metric, SegmentReport } from '@livepeer-node/sdk'

/** Several roles of one process have these names in common. */
const ROLE = { role: 'broadcaster' } as const

/** What the node has done with streams since its start, under go-livepeer's names where it has one (operator.md §3). */
export class Counts {
  #created = 0
  #ended = 0
  #segments = 0
  #complete = 0
  #retries = 0
  readonly #failed = new Map<string, number>()

  opened(): void {
    this.#created += 1
  }

  closed(): void {
    this.#ended += 1
  }

  reported({ missing, attempts }: SegmentReport): void {
    this.#segments += 1
    this.#retries += Math.max(0, attempts.length - 1)
    if (missing.length === 0) this.#complete += 1
    else this.#count(attempts.at(-1)?.error ?? 'none')
  }

  /** `limit`: streams at once; `undefined`: no fixed number. */
  metrics(streams: number, limit: number | undefined): Metric[] {
    return [
      gauge('current_sessions_total', 'Sessions in work', streams, ROLE),
      ...(limit === undefined
        ? []
        : [gauge('max_sessions_total', 'Sessions at once that are allowed now', limit, ROLE)]),
      counter('stream_created_total', 'Streams that were accepted', this.#created),
      counter('stream_ended_total', 'Streams that have ended', this.#ended),
      counter('segment_source_emerged_total', 'Segments of sources', this.#segments),
      counter('segment_transcoded_total', 'Segments with all their renditions', this.#complete),
      counter('segment_retried_total', 'Attempts after the first', this.#retries),
      ...[...this.#failed].map(([code, count]) => ({
        ...counter('segment_transcode_failed_total', 'Segments without renditions, by the last error', count),
        labels: { error_code: code },
      })),
    ]
  }

  #count(code: string): void {
    this.#failed.set(code, (this.#failed.get(code) ?? 0) + 1)
  }
}

function gauge(name: string, help: string, value: number, labels: Metric['labels'] & {}): Metric {
  return { name: `livepeer_${name}`, help, type: 'gauge', value, labels }
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'counter', value }
}
