import type { LoadedConfig } from '@livepeer-node/core'
import type { ConfigRequest } from './base-command.ts'
import { BaseCommand } from './base-command.ts'

/** A command that runs a node until it is told to stop. */
export abstract class RoleCommand extends BaseCommand {
  protected async runNode(request: ConfigRequest): Promise<void> {
    await this.runConfig(await this.loadConfig(request), request.flags['json'] === true)
  }

  protected async runConfig(config: LoadedConfig, json: boolean): Promise<void> {
    const { runNode } = await import('./run-node.ts')
    process.exitCode = await runNode({ config, version: this.config.version, json })
  }
}
