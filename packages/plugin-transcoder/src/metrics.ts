import type { Metric } from '@livepeer-node/sdk'
import type { Abilities } from './abilities.ts'

/** Other roles count some of the same; in one process they must not be one series. */
const labels = { role: 'transcoder' } as const

/** What a transcoder counts; go-livepeer's names where it has one (operator.md §3). */
export function transcoderMetrics({ service, pixelsPerMs }: Abilities): readonly Metric[] {
  const { capacity, sessions, counts, p95 } = service
  return [
    gauge('current_sessions_total', 'Sessions in work', sessions.length),
    gauge('max_sessions_total', 'Sessions at once that are allowed now', capacity),
    segments('done', counts.done),
    segments('failed', counts.failed),
    segments('refused', counts.refused),
    ...(p95 === undefined
      ? []
      : [gauge('transcode_ratio_p95', 'Time that the latest segments took, by their duration', p95)]),
    ...(pixelsPerMs === undefined
      ? []
      : [
          gauge('transcode_calibrated_pixels_per_second', 'Encoded pixels per second, as measured', pixelsPerMs * 1000),
        ]),
  ]
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'gauge', value, labels }
}

function segments(result: string, value: number): Metric {
  const help = 'Segments that were given to this transcoder, by what became of them'
  return { name: 'livepeer_transcode_segments_total', help, type: 'counter', value, labels: { result } }
}
