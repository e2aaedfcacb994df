import type { ConfigRequest } from './base-command.ts'
import { BaseCommand } from './base-command.ts'

/** A command that runs a node until it is told to stop. */
export abstract class RoleCommand extends BaseCommand {
  protected async runNode(request: ConfigRequest): Promise<void> {
    const [config, { runNode }] = await Promise.all([this.loadConfig(request), import('./run-node.ts')])
    const json = request.flags['json'] === true
    process.exitCode = await runNode({ config, version: this.config.version, json })
  }
}
