import type { LivepeerNode, LoadedConfig } from '@livepeer-node/core'
import type { StopRequest } from '@livepeer-node/sdk'
import { drain } from './drain-node.ts'
import { ExitCode } from './exit-codes.ts'
import { readyText } from './ready-text.ts'
import { StopSignals } from './stop-signals.ts'

export interface RunRequest {
  readonly config: LoadedConfig
  /** The product's version, as peers see it. */
  readonly version: string
  /** Output for programs. */
  readonly json: boolean
}

/** Runs a node until it is told to stop; resolves with the exit code. A failed start rejects with its cause. */
export async function runNode({ config, version, json }: RunRequest): Promise<number> {
  const [{ createNode, pinoLogger }, { systemClock }] = await Promise.all([
    import('@livepeer-node/core'),
    import('@livepeer-node/sdk'),
  ])
  surviveClosedOutput()
  const { settings, plugins } = config
  const pretty = !json && process.stderr.isTTY
  const log = pinoLogger({ level: settings.logLevel, pretty, destination: process.stderr })
  for (const warning of config.warnings) log.warn(warning)
  using signals = new StopSignals({ clock: systemClock, onSecond: (code) => process.exit(code) })
  await using node = createNode({ plugins, dataDir: settings.dataDir, version, log })
  const stopping = stopWish(node, signals).then((wish) => {
    log.info('Told to stop', { ...wish })
    return wish
  })
  const started = await startUnlessStopped(node, stopping)
  if (!started) return ExitCode.ok
  const endpoints = await node.endpoints()
  process.stdout.write(`${json ? JSON.stringify({ ready: true, endpoints }) : readyText(endpoints, version)}\n`)
  const { graceMs = settings.drainTimeoutMs } = await stopping
  const isDrained = await drain({ node, log, graceMs, shorten: signals.first, shortMs: settings.drainTimeoutMs })
  await node.stop()
  log.info('Stopped')
  return isDrained ? ExitCode.ok : ExitCode.drain
}

/** The operator's signal, or a plugin's request on his behalf. */
function stopWish(node: LivepeerNode, signals: StopSignals): Promise<StopRequest> {
  return Promise.race([signals.first.then((reason) => ({ reason })), node.stopRequested])
}

/** False: told to stop before it was ready, and everything is closed again. */
async function startUnlessStopped(node: LivepeerNode, stopping: Promise<unknown>): Promise<boolean> {
  const start = node.start().then(() => true)
  const isReady = await Promise.race([start, stopping.then(() => false)])
  if (isReady) return true
  await node.stop()
  // The start ends with LP_STOPPED now, as it was told to.
  await start.catch(() => {})
  return false
}

/** A log reader that ends (`livepeer … | head`) must not end the node. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
    })
  }
}
