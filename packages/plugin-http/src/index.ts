import { definePlugin, type Endpoint, type ListenerName } from '@livepeer-node/sdk'
import { parseAddress } from '@livepeer-node/protocol'
import { serveRoutes } from './app.ts'
import { Listener } from './listener.ts'
import { CONTROL_DEFAULT, isOff, options, PUBLIC_DEFAULT } from './options.ts'
import { healthRoute, statusRoute } from './status.ts'

/** Longest wait for running answers when the node stops, ms; the drain deadline may be earlier. */
const CLOSE_LIMIT_MS = 5000

const listeners = [
  { name: 'public', option: 'httpAddr', fallback: PUBLIC_DEFAULT, purpose: 'players and the page that plays' },
  { name: 'control', option: 'cliAddr', fallback: CONTROL_DEFAULT, purpose: 'the operator: /status' },
] as const

/** The node's HTTP listeners, and on them what other plugins serve. */
export default definePlugin({
  name: '@livepeer-node/plugin-http',
  kernel: '^0.1.0',
  provides: ['http'],
  runs: ['http', 'lifecycle'],
  roles: ['broadcaster', 'orchestrator', 'transcoder'],
  options,
  async apply(node, settings) {
    const { clock, log } = node
    const open: { name: ListenerName; purpose: string; listener: Listener }[] = []
    let readyAt = clock.monotonic()
    let drainDeadline: AbortSignal | undefined

    for (const { name, option, fallback, purpose } of listeners) {
      const text = settings[option]
      if (isOff(text)) continue
      const listener = await Listener.open({ option, address: parseAddress(text, fallback) })
      open.push({ name, purpose, listener })
      node.defer(() => listener.close(closeDeadline()))
    }

    function closeDeadline(): AbortSignal {
      const limit = new AbortController()
      clock.after(CLOSE_LIMIT_MS, () => limit.abort())
      return AbortSignal.any(drainDeadline ? [drainDeadline, limit.signal] : [limit.signal])
    }

    const status = statusRoute({
      version: node.version,
      state: () => (drainDeadline ? 'draining' : 'ready'),
      upMs: () => clock.monotonic() - readyAt,
      sections: () => node.run.lifecycle.status(),
    })

    node.on.lifecycle.ready(async () => {
      readyAt = clock.monotonic()
      for (const { name, listener } of open) {
        const own = name === 'control' ? [healthRoute, status] : [healthRoute]
        await serveRoutes(listener, { name, routes: [...own, ...(await node.run.http.routes(name))], log })
      }
    })
    node.on.lifecycle.draining(
      (deadline) => {
        drainDeadline = deadline
      },
      { stage: 'first' },
    )
    node.on.lifecycle.endpoints(() =>
      open.map(({ name, purpose, listener }): Endpoint => {
        return { name: name === 'public' ? 'http' : 'control', url: listener.url, purpose }
      }),
    )
  },
})
