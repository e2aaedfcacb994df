import { BaseCommand } from '../base-command.ts'
import { nodeFlags, optionFlags, roleFlag } from '../flags.ts'
import { presetFor } from '../presets.ts'

export default class Check extends BaseCommand {
  static override summary = 'Load everything, open every port, look for problems, and end without starting.'
  static override flags = { ...nodeFlags, ...optionFlags, ...roleFlag }

  async run(): Promise<void> {
    const { flags } = await this.parse(Check)
    const config = await this.loadConfig({ flags, role: flags.role, preset: presetFor(flags.role) })
    const { inspectNode } = await import('../inspect-node.ts')
    const { composition, problems } = await inspectNode(config)
    if (problems.length > 0) throw new AggregateError(problems)
    const plugins = composition.plugins.map(({ name }) => name)
    if (flags.json)
      this.log(JSON.stringify({ ok: true, file: config.file ?? null, plugins, warnings: config.warnings }))
    else {
      for (const warning of config.warnings) this.logToStderr(`warning: ${warning}`)
      this.log(`No problem found: ${plugins.length} plugins, ${config.file ?? 'no config file'}`)
    }
  }
}
