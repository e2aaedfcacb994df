/** One number of a node, as a monitoring system reads it. */
export interface Metric {
  /** Prometheus form, with the prefix `livepeer_`; go-livepeer's name where it has one (operator.md §3). Counters end in `_total`. */
  readonly name: string
  /** One line for a person. The same for all metrics of one name. */
  readonly help: string
  /** A counter only grows while the node lives. */
  readonly type: 'counter' | 'gauge'
  /** Base units: seconds, bytes, pixels, ratios from 0 to 1. */
  readonly value: number
  /** Which one, where there are several of this name. The same keys for all metrics of one name. */
  readonly labels?: Readonly<Record<string, string>>
}
