import type { LivepeerError, Logger, Metric, Route } from '@livepeer-node/sdk'
import { Registry } from 'prom-client'
import { expose } from './exposition.ts'

/** Problems that are told; a plugin that makes up names would fill the log. */
const MAX_TOLD = 100

export interface ScrapeInit {
  /** Metrics that live as long as the node. */
  readonly registry: Registry
  readonly labels: Readonly<Record<string, string>>
  /** What the plugins count. */
  readonly collect: () => Promise<readonly Metric[]>
  readonly log: Logger
}

/** Answers a scrape of Prometheus. */
export class Scrape {
  readonly #init: ScrapeInit
  readonly #told = new Set<string>()

  constructor(init: ScrapeInit) {
    this.#init = init
    init.registry.setDefaultLabels(init.labels)
  }

  /** `GET /metrics`. */
  get route(): Route {
    return {
      method: 'GET',
      path: '/metrics',
      handle: async () => ({
        status: 200,
        headers: { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE, 'cache-control': 'no-store' },
        body: await this.text(),
      }),
    }
  }

  /** All metrics in Prometheus's text form. Never rejects for what a plugin counts wrongly. */
  async text(): Promise<string> {
    const { registry, labels, collect } = this.#init
    const { registry: collected, problems } = expose(await collect(), registry)
    collected.setDefaultLabels(labels)
    for (const problem of problems) this.#tell(problem)
    const parts = await Promise.all([collected.metrics(), registry.metrics()])
    return parts.filter((part) => part.trim() !== '').join('\n')
  }

  /** Once: scrapes come every few seconds. */
  #tell(problem: LivepeerError): void {
    if (this.#told.has(problem.message) || this.#told.size >= MAX_TOLD) return
    this.#told.add(problem.message)
    const { code, message, observed, remedy } = problem
    this.#init.log.error(message, { code, observed, remedy })
  }
}
