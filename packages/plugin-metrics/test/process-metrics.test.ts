import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { type Delay, ProcessMetrics } from '../src/process-metrics.ts'

const MS = 1e6

/** A loop that was late by these ms, on top of the 10 ms between two ticks. */
function lateBy(lag: { mean: number; max: number }): Delay & { readonly calls: string[] } {
  const calls: string[] = []
  const call = (name: string) => (): boolean => calls.push(name) > 0
  return {
    calls,
    enable: call('enable'),
    disable: call('disable'),
    reset: call('reset'),
    mean: (10 + lag.mean) * MS,
    max: (10 + lag.max) * MS,
    percentile: (p) => (10 + p) * MS,
  }
}

async function valueOf(registry: Registry, name: string): Promise<number | undefined> {
  return (await registry.getSingleMetric(name)?.get())?.values[0]?.value
}

describe('ProcessMetrics', () => {
  it('shows the lag alone, in seconds, and begins afresh after a scrape', async () => {
    const registry = new Registry()
    const delay = lateBy({ mean: 1, max: 200 })
    using metrics = new ProcessMetrics(registry, delay)
    const text = await registry.metrics()
    expect(metrics).toBeDefined()
    expect(text).toMatch(/^nodejs_eventloop_lag_mean_seconds 0\.00(1|09\d+)\b/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_p50_seconds 0\.0(5|49\d+)\b/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds 0\.09(9|89\d+)\b/m)
    expect(text).toMatch(/^nodejs_eventloop_lag_max_seconds 0\.(2|19\d+)\b/m)
    expect(delay.calls).toEqual(['enable', 'reset'])
  })

  it('is never below nothing, and nothing before the first tick', async () => {
    const registry = new Registry()
    using metrics = new ProcessMetrics(registry, lateBy({ mean: Number.NaN, max: -4 }))
    expect(metrics).toBeDefined()
    expect(await valueOf(registry, 'nodejs_eventloop_lag_mean_seconds')).toBe(0)
    expect(await valueOf(registry, 'nodejs_eventloop_lag_max_seconds')).toBe(0)
  })

  it('ends its measuring', () => {
    const delay = lateBy({ mean: 0, max: 0 })
    new ProcessMetrics(new Registry(), delay)[Symbol.dispose]()
    expect(delay.calls).toEqual(['enable', 'disable'])
  })
})
