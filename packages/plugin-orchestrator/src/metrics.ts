import type { Metric } from '@livepeer-node/sdk'
import type { Entry } from './transcoders/ledger.ts'
import type { TranscoderStatus } from './transcoders/status.ts'

/** What an orchestrator counts. */
export interface Counted {
  readonly sessions: number
  readonly maxSessions: number
  /** Those that are attached. */
  readonly transcoders: readonly TranscoderStatus[]
  /** By the name of the transcoder. */
  readonly ledger: readonly (readonly [name: string, entry: Entry])[]
  /** Choices of a transcoder, by reason. */
  readonly placements: ReadonlyMap<string, number>
  readonly registries: Readonly<Record<string, number>>
}

type Labels = NonNullable<Metric['labels']>

/** The broadcaster counts some of the same; in one process the two must not be one series. */
const ROLE = { role: 'orchestrator' } as const

/** As Prometheus reads them: go-livepeer's names where it has one (operator.md §3), by transcoder what it does not have. */
export function orchestratorMetrics(counted: Counted): readonly Metric[] {
  return [...fleet(counted), ...ofLedger(counted), ...byTranscoder(counted)]
}

function fleet({ sessions, maxSessions, transcoders, placements, registries }: Counted): Metric[] {
  return [
    gauge('current_sessions_total', 'Sessions in work', sessions, ROLE),
    gauge('max_sessions_total', 'Sessions at once that are allowed now', maxSessions, ROLE),
    gauge('transcoders_number', 'Transcoders that are attached', transcoders.length),
    gauge('transcoders_capacity', 'Sessions that the attached transcoders take together', sum(transcoders, 'capacity')),
    gauge('transcoders_load', 'Sessions that the attached transcoders have', sum(transcoders, 'load')),
    ...[...placements].map(([reason, count]) =>
      counter('placements_total', 'Choices of a transcoder for a segment, by what made one necessary', count, {
        reason,
      }),
    ),
    ...Object.entries(registries).map(([registry, size]) =>
      gauge('orchestrator_registry_size', 'Entries of a list that must not grow for ever', size, { registry }),
    ),
  ]
}

function ofLedger({ ledger }: Counted): Metric[] {
  return ledger.flatMap(([transcoder, { segments, pixels, unused, failures }]) => [
    counter('transcoder_segments_total', 'Segments whose result was used', segments, { transcoder }),
    counter('transcoder_pixels_total', 'Encoded pixels of the results that were used', pixels, { transcoder }),
    counter('transcoder_unused_total', 'Segments that another transcoder delivered first', unused, { transcoder }),
    ...[...failures].map(([code, count]) =>
      counter('transcoder_failures_total', 'Segments that came to nothing there', count, { transcoder, code }),
    ),
  ])
}

/** Several that call themselves the same are one here: sums, and the worst of each ratio. */
function byTranscoder({ transcoders }: Counted): Metric[] {
  const named = Map.groupBy(transcoders, ({ name }) => name)
  return [...named].flatMap(([transcoder, group]) => {
    const labels = { transcoder }
    const speeds = group.flatMap(({ pixelsPerMs }) => pixelsPerMs ?? [])
    const ratios = (['ratioP50', 'ratioP95'] as const).flatMap((key) => {
      const known = group.flatMap((one) => one[key] ?? [])
      return known.length > 0 ? [{ quantile: key === 'ratioP50' ? '0.5' : '0.95', value: Math.max(...known) }] : []
    })
    const suspended = group.filter(({ suspendedUntil }) => suspendedUntil !== undefined).length
    return [
      gauge('transcoder_capacity', 'Sessions that it takes at once, as it shows', sum(group, 'capacity'), labels),
      gauge('transcoder_sessions', 'Sessions that it has', sum(group, 'load'), labels),
      gauge('transcoder_jobs', 'Segments that it has in hand', sum(group, 'jobs'), labels),
      gauge('transcoder_late', 'It let a segment wait too long', group.filter(({ late }) => late).length, labels),
      gauge('transcoder_suspended', 'It gets no work for a while', suspended, labels),
      ...ratios.map(({ quantile, value }) =>
        gauge('transcoder_ratio', 'Time taken over duration of its latest segments', value, { transcoder, quantile }),
      ),
      ...(speeds.length > 0
        ? [gauge('transcoder_pixels_per_second', 'Its measured speed', 1000 * total(speeds), labels)]
        : []),
    ]
  })
}

function gauge(name: string, help: string, value: number, labels?: Labels): Metric {
  return { name: `livepeer_${name}`, help, type: 'gauge', value, ...(labels && { labels }) }
}

function counter(name: string, help: string, value: number, labels: Labels): Metric {
  return { name: `livepeer_${name}`, help, type: 'counter', value, labels }
}

function sum(transcoders: readonly TranscoderStatus[], key: 'capacity' | 'load' | 'jobs'): number {
  return total(transcoders.map((one) => one[key]))
}

function total(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0)
}
