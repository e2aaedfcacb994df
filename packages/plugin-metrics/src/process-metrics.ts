import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, type Registry } from 'prom-client'

const RESOLUTION_MS = 10
const NS = 1e9
const MICROSECONDS = 1e6

/** What measures the event loop, in ns. */
export type Delay = Pick<
  ReturnType<typeof monitorEventLoopDelay>,
  'enable' | 'disable' | 'reset' | 'mean' | 'max' | 'percentile'
>

/** `undefined`: not known here. */
type Read = () => number | undefined

/**
 * The node process, under the names that dashboards for Node.js know. Not prom-client's own collection: that one never ends
 * (a node stops and starts within a process), and its lag is that of the process's whole life.
 */
export class ProcessMetrics implements Disposable {
  /** Of the event loop, since the scrape before. */
  readonly #delay: Delay
  readonly #startedAt = Date.now() / 1000 - process.uptime()

  constructor(registry: Registry, delay: Delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })) {
    this.#delay = delay
    this.#delay.enable()
    const add = (name: string, help: string, read: Read): void => {
      registry.registerMetric(name.endsWith('_total') ? counter(name, help, read) : gauge(name, help, read))
    }
    add('process_cpu_user_seconds_total', 'CPU time in user mode', () => process.cpuUsage().user / MICROSECONDS)
    add('process_cpu_system_seconds_total', 'CPU time in the kernel', () => process.cpuUsage().system / MICROSECONDS)
    add('process_start_time_seconds', 'Start of the process since 1970', () => this.#startedAt)
    add('process_resident_memory_bytes', 'Resident memory', () => process.memoryUsage.rss())
    add('process_open_fds', 'Open files and sockets', openFiles)
    add('nodejs_heap_size_used_bytes', 'JavaScript heap in use', () => process.memoryUsage().heapUsed)
    add('nodejs_external_memory_bytes', 'Memory of buffers', () => process.memoryUsage().external)
    this.#addLag(add)
  }

  [Symbol.dispose](): void {
    this.#delay.disable()
  }

  #addLag(add: (name: string, help: string, read: Read) => void): void {
    const since = 'of the event loop since the last scrape'
    const delay = this.#delay
    add('nodejs_eventloop_lag_mean_seconds', `Mean lag ${since}`, () => seconds(delay.mean))
    add('nodejs_eventloop_lag_p50_seconds', `Median lag ${since}`, () => seconds(delay.percentile(50)))
    add('nodejs_eventloop_lag_p99_seconds', `99th percentile of the lag ${since}`, () => seconds(delay.percentile(99)))
    // The last one that is read: the next scrape starts afresh.
    add('nodejs_eventloop_lag_max_seconds', `Longest lag ${since}`, () => {
      const max = seconds(delay.max)
      delay.reset()
      return max
    })
  }
}

function gauge(name: string, help: string, read: Read): Gauge {
  return new Gauge({
    name,
    help,
    registers: [],
    collect() {
      const value = read()
      if (value !== undefined) this.set(value)
    },
  })
}

function counter(name: string, help: string, read: Read): Counter {
  return new Counter({
    name,
    help,
    registers: [],
    collect() {
      this.reset()
      this.inc(read() ?? 0)
    },
  })
}

/** The timer that measures fires every 10 ms at best: that much of each reading is no lag. */
function seconds(ns: number): number {
  return Number.isFinite(ns) ? Math.max(0, ns / NS - RESOLUTION_MS / 1000) : 0
}

/** `undefined` where the system has no list of them. */
function openFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined
  }
}
