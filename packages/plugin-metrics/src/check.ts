import type { LivepeerError, Metric } from '@livepeer-node/sdk'
import { metricInvalid } from './errors.ts'

const NAME = /^livepeer_[a-zA-Z0-9_:]+$/
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/

/** What is known of one name within one scrape: all its metrics must agree with the first. */
export interface Family {
  readonly type: Metric['type']
  /** Sorted. */
  readonly labelNames: readonly string[]
  /** Label values seen, one text per series. */
  readonly series: Set<string>
}

/** Why a metric cannot be shown; `undefined`: it can. `families` holds what this scrape has shown so far. */
export function wrongWith(metric: Metric, families: ReadonlyMap<string, Family>): LivepeerError | undefined {
  const { name, type, value, labels = {} } = metric
  const wrong = (why: string, observed: unknown): LivepeerError => metricInvalid(name, why, observed)
  if (!NAME.test(name)) return wrong('a name is livepeer_ and letters, digits and underscores', name)
  if (!metric.help) return wrong('it has no help', metric.help)
  if (!Number.isFinite(value)) return wrong('its value is no number', String(value))
  if (type === 'counter' && value < 0) return wrong('a counter is never negative', value)
  const label = Object.keys(labels).find((key) => !LABEL.test(key))
  if (label !== undefined) return wrong('a label is letters, digits and underscores', label)
  const first = families.get(name)
  if (!first) return undefined
  if (first.type !== type) return wrong(`another one of this name is a ${first.type}`, type)
  const labelNames = labelNamesOf(metric)
  if (labelNames.join() !== first.labelNames.join())
    return wrong(`another one of this name has the labels [${first.labelNames.join(', ')}]`, labelNames)
  if (first.series.has(seriesOf(metric))) return wrong('it is there already, with the same labels', labels)
  return undefined
}

export function labelNamesOf({ labels = {} }: Metric): readonly string[] {
  return Object.keys(labels).toSorted()
}

/** Which one of its name a metric is. */
export function seriesOf(metric: Metric): string {
  return JSON.stringify(labelNamesOf(metric).map((key) => metric.labels?.[key]))
}
