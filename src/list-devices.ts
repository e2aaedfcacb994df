import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createNode, type LoadedConfig, pinoLogger, problemsOf } from '@livepeer-node/core'
import { definePlugin, KERNEL_VERSION, type LivepeerError, type Plugin, type TranscodeDevice } from '@livepeer-node/sdk'
import { z } from 'zod'

export interface DeviceList {
  readonly devices: readonly TranscodeDevice[]
  /** What keeps a device that was asked for from working; empty: nothing. */
  readonly problems: readonly LivepeerError[]
}

/** Starts the backends of a config alone, in a folder of their own, asks them for their devices, and stops them again. */
export async function listDevices(config: LoadedConfig): Promise<DeviceList> {
  const dataDir = await mkdtemp(join(tmpdir(), 'livepeer-gpus-'))
  try {
    let devices: readonly TranscodeDevice[] = []
    const backends = config.plugins.filter(({ definition }) => definition.provides?.includes('transcode-backend'))
    const asks = asking((found) => {
      devices = found
    })
    const log = pinoLogger({ level: 'silent', destination: process.stderr })
    await using node = createNode({ plugins: [...backends, asks], dataDir, log })
    const thrown: unknown = await node.start().then(
      () => undefined,
      (error: unknown) => error,
    )
    return { devices, problems: thrown === undefined ? [] : problemsOf(thrown) }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Asks in preflight: a device that does not work keeps the node from starting, and is to be listed all the same. */
function asking(found: (devices: readonly TranscodeDevice[]) => void): Plugin {
  return definePlugin({
    name: 'devices',
    kernel: KERNEL_VERSION,
    runs: ['transcode'],
    options: z.strictObject({}),
    apply: (node) =>
      node.on.lifecycle.preflight(async () => {
        await node.run.transcode.offers() // answered when the cards were tested
        found(await node.run.transcode.devices())
        return []
      }),
  })()
}
