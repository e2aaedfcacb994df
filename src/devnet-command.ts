import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import type { Chain } from '@livepeer-node/chain'
import type { DevnetInfo } from '@livepeer-node/devnet'
import type { Logger } from '@livepeer-node/sdk'
import { BaseCommand } from './base-command.ts'
import { commonFlags } from './flags.ts'

/** Which local chain is meant. */
export const devnetFlags = {
  json: commonFlags.json,
  'data-dir': Flags.string({
    description: 'the folder that `livepeer devnet` was started with',
    helpValue: 'folder',
    required: true,
  }),
} as const

/** A command that does something to a local chain that runs. */
export abstract class DevnetCommand extends BaseCommand {
  protected async onDevnet(
    folder: string,
    work: (chain: Chain, info: DevnetInfo, log: Logger) => Promise<void>,
  ): Promise<void> {
    const [{ readDevnet }, { onDevnet }, { pinoLogger }] = await Promise.all([
      import('./devnet/files.ts'),
      import('./devnet/tools.ts'),
      import('@livepeer-node/core'),
    ])
    const log = pinoLogger({ level: 'warn', pretty: process.stderr.isTTY, destination: process.stderr })
    const info = await readDevnet(resolve(folder))
    await onDevnet(info, log, (chain) => work(chain, info, log))
  }
}
