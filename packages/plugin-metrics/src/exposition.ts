import type { LivepeerError, Metric } from '@livepeer-node/sdk'
import { Counter, Gauge, Registry } from 'prom-client'
import { type Family, labelNamesOf, seriesOf, wrongWith } from './check.ts'

export interface Exposition {
  readonly registry: Registry
  /** Of the metrics that were left out. */
  readonly problems: readonly LivepeerError[]
}

/** One scrape's metrics of the plugins. A metric that Prometheus would refuse is left out, so that it cannot spoil the others. */
export function expose(metrics: readonly Metric[], reserved: Registry): Exposition {
  const registry = new Registry()
  const families = new Map<string, Family>(ownFamilies(reserved))
  const problems: LivepeerError[] = []
  for (const metric of metrics) {
    const problem = wrongWith(metric, families)
    if (problem) problems.push(problem)
    else add(metric, { registry, families })
  }
  return { registry, problems }
}

function add(metric: Metric, { registry, families }: { registry: Registry; families: Map<string, Family> }): void {
  const { name, help, type, value, labels = {} } = metric
  const labelNames = labelNamesOf(metric)
  const family = families.get(name) ?? { type, labelNames, series: new Set<string>() }
  families.set(name, family)
  family.series.add(seriesOf(metric))
  const config = { name, help, labelNames, registers: [registry] }
  const known = registry.getSingleMetric(name)
  if (type === 'counter') ((known as Counter | undefined) ?? new Counter(config)).inc(labels, value)
  else ((known as Gauge | undefined) ?? new Gauge(config)).set(labels, value)
}

/** Names that are taken by this plugin's own metrics: any metric of a plugin with such a name is one too many. */
function ownFamilies(reserved: Registry): readonly (readonly [string, Family])[] {
  return reserved
    .getMetricsAsArray()
    .map(({ name }) => [name, { type: 'gauge', labelNames: ['(kept by plugin-metrics)'], series: new Set() }] as const)
}
