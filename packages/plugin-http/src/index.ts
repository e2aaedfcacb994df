import { hostname } from 'node:os'
import { definePlugin, type Endpoint, type ListenerName, type PluginScope, toLivepeerError } from '@livepeer-node/sdk'
import { parseAddress } from '@livepeer-node/protocol'
import { serveRoutes } from './app.ts'
import { openControlSocket } from './control-socket.ts'
import { drainRoute } from './drain.ts'
import { DrainWatch } from './drain-watch.ts'
import { Listener } from './listener.ts'
import { CONTROL_DEFAULT, isOff, options, PUBLIC_DEFAULT } from './options.ts'
import { healthRoute, statusRoute } from './status.ts'

/** Longest wait for running answers when the node stops, ms; the drain deadline may be earlier. */
const CLOSE_LIMIT_MS = 5000
/** The operator's requests are over before the deadline or wait for its end: they need time for no more than to be answered. */
const CONTROL_CLOSE_MS = 1000

const listeners = [
  { name: 'public', option: 'httpAddr', fallback: PUBLIC_DEFAULT, purpose: 'players and the page that plays' },
  { name: 'control', option: 'cliAddr', fallback: CONTROL_DEFAULT, purpose: 'the operator: /status' },
] as const

type Node = PluginScope<'http' | 'lifecycle'>

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
    const drain = new DrainWatch(clock)
    const open: { name: ListenerName; purpose: string; listener: Listener }[] = []
    let readyAt = clock.monotonic()

    for (const { name, option, fallback, purpose } of listeners) {
      const text = settings[option]
      if (isOff(text)) continue
      const listener = await Listener.open({ option, address: parseAddress(text, fallback) })
      open.push({ name, purpose, listener })
      node.defer(() => listener.close(closeDeadline(node, drain, name)))
    }

    const status = statusRoute({
      version: node.version,
      draining: () => drain.state(),
      upMs: () => clock.monotonic() - readyAt,
      sections: () => node.run.lifecycle.status(),
    })
    const own = {
      public: [healthRoute],
      control: [healthRoute, status, drainRoute((request) => node.requestStop(request))],
    }

    node.on.lifecycle.ready(async () => {
      readyAt = clock.monotonic()
      const routes = async (name: ListenerName) => [...own[name], ...(await node.run.http.routes(name))]
      const ofControl = await routes('control')
      for (const { name, listener } of open) {
        const isControl = name === 'control'
        await serveRoutes(listener, {
          name,
          routes: isControl ? ofControl : await routes(name),
          log,
          ...(isControl && { names: [hostname(), ...settings.controlNames] }),
        })
      }
      if (!settings.controlSocket) return
      const socket = await controlSocket(node, drain)
      if (socket) await serveRoutes(socket, { name: 'control', routes: ofControl, log })
    })
    node.on.lifecycle.draining((deadline, graceMs) => drain.begin(deadline, graceMs), { stage: 'first' })
    node.on.lifecycle.endpoints(() =>
      open.map(({ name, purpose, listener }): Endpoint => {
        return { name: name === 'public' ? 'http' : 'control', url: listener.url, purpose }
      }),
    )
  },
})

/** Only a running node has one, so that `livepeer check` leaves nothing behind. A node without one works, too. */
async function controlSocket(node: Node, drain: DrainWatch): Promise<Listener | undefined> {
  try {
    const { listener, path } = await openControlSocket(node.dataDir, process.pid)
    node.defer(() => listener.close(closeDeadline(node, drain, 'control')))
    node.log.info('Control socket', { path })
    return listener
  } catch (thrown) {
    const error = toLivepeerError(thrown)
    node.log.warn('No control socket', { code: error.code, reason: error.message, remedy: error.remedy, error })
    return undefined
  }
}

function closeDeadline({ clock }: Node, drain: DrainWatch, name: ListenerName): AbortSignal {
  const limit = new AbortController()
  clock.after(name === 'control' ? CONTROL_CLOSE_MS : CLOSE_LIMIT_MS, () => limit.abort())
  const { deadline } = drain
  return name === 'public' && deadline ? AbortSignal.any([deadline, limit.signal]) : limit.signal
}
