import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Composition, LoadedConfig } from '@livepeer-node/core'
import type { LivepeerError, Plugin } from '@livepeer-node/sdk'

/** What the marker plugin reports, so that a start ends where it would open its doors. */
const MARKER = 'LP_INSPECTED'
/** Options that name a port to listen on. */
const LISTEN_OPTIONS = ['httpAddr', 'cliAddr', 'rtmpAddr', 'serviceAddr', 'listenAddr']

export interface Inspection {
  readonly composition: Composition
  /** What keeps this node from working; empty: nothing. */
  readonly problems: readonly LivepeerError[]
}

/** Loads and applies all plugins, asks `lifecycle.preflight`, and closes everything again before any door opens. */
export async function inspectNode(config: LoadedConfig): Promise<Inspection> {
  const [{ createNode, pinoLogger, problemsOf }, marker] = await Promise.all([
    import('@livepeer-node/core'),
    markerPlugin(),
  ])
  const log = pinoLogger({ level: 'silent', destination: process.stderr })
  let composition: Composition | undefined
  const plugins = [...config.plugins, marker(() => (composition = withoutMarker(node.composition())))]
  await using node = createNode({ plugins, dataDir: config.settings.dataDir, log })
  const thrown: unknown = await node.start().catch((error: unknown) => error)
  const problems = problemsOf(thrown).filter(({ code }) => code !== MARKER)
  return { composition: composition ?? withoutMarker(node.composition()), problems }
}

/** As `inspectNode`, beside a node that may be running: on free ports and in a folder of its own. */
export async function inspectApart(config: LoadedConfig): Promise<Inspection> {
  const dataDir = await mkdtemp(join(tmpdir(), 'livepeer-inspect-'))
  try {
    const plugins = config.plugins.map(onFreePorts)
    return await inspectNode({ ...config, plugins, settings: { ...config.settings, dataDir } })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

function onFreePorts(plugin: Plugin): Plugin {
  const keys = LISTEN_OPTIONS.filter((key) => key in plugin.definition.options.shape)
  const options = plugin.rawOptions as Readonly<Record<string, unknown>>
  const addresses = keys.filter((key) => options[key] !== false).map((key) => [key, '127.0.0.1:0'])
  return { definition: plugin.definition, rawOptions: { ...options, ...Object.fromEntries(addresses) } }
}

async function markerPlugin() {
  const [{ definePlugin, KERNEL_VERSION }, { z }] = await Promise.all([import('@livepeer-node/sdk'), import('zod')])
  return (look: () => void): Plugin =>
    definePlugin({
      name: MARKER,
      kernel: KERNEL_VERSION,
      options: z.strictObject({}),
      apply: (node) =>
        node.on.lifecycle.preflight(() => {
          look()
          return [{ code: MARKER, message: 'Looked at, not started.', remedy: '' }]
        }),
    })()
}

function withoutMarker({ plugins, hooks }: Composition): Composition {
  return {
    plugins: plugins.filter(({ name }) => name !== MARKER),
    hooks: hooks.map((hook) => ({ ...hook, handlers: hook.handlers.filter(({ plugin }) => plugin !== MARKER) })),
  }
}
