import { LivepeerError } from '@livepeer-node/sdk'

/** A plugin's metric that Prometheus would not take; it is left out, the others are shown. */
export function metricInvalid(name: string, why: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_METRIC_INVALID',
    kind: 'bug',
    message: `The metric ${JSON.stringify(name)} is left out: ${why}.`,
    observed,
    remedy: 'Correct it in the plugin that answers lifecycle.metrics with it.',
  })
}
