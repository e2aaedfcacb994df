import { hostname } from 'node:os'
import { definePlugin, type Metric } from '@livepeer-node/sdk'
import { Registry } from 'prom-client'
import { Histograms } from './histograms.ts'
import { options } from './options.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { Scrape } from './scrape.ts'

/** Serves what the plugins count, and how long segments take, to Prometheus: `/metrics` on the control listener. */
export default definePlugin({
  name: '@livepeer-node/plugin-metrics',
  kernel: '^0.1.0',
  provides: ['metrics'],
  runs: ['lifecycle'],
  roles: ['broadcaster', 'orchestrator', 'transcoder'],
  options,
  apply(node, { nodeId = hostname(), nodeType, processMetrics }) {
    const registry = new Registry()
    const histograms = new Histograms(registry)
    if (processMetrics) {
      const ofProcess = new ProcessMetrics(registry)
      node.defer(() => ofProcess[Symbol.dispose]())
    }
    const scrape = new Scrape({
      registry,
      labels: { node_id: nodeId, ...(nodeType && { node_type: nodeType }) },
      collect: () => node.run.lifecycle.metrics(),
      log: node.log,
    })
    node.on.worker.reported((report) => histograms.worker(report))
    node.on.segment.reported((report) => histograms.segment(report))
    node.on.lifecycle.metrics(() => [versions(node.version)])
    node.on.http.routes((listener) => (listener === 'control' ? [scrape.route] : []))
  },
})

/** As go-livepeer has it, labels included, so that its dashboards find it. */
function versions(version: string): Metric {
  return {
    name: 'livepeer_versions',
    help: 'What runs here; always 1',
    type: 'gauge',
    value: 1,
    labels: { livepeerversion: version, compiler: 'node', goversion: process.version, goos: process.platform },
  }
}
