import type { ConfigValue } from '@livepeer-node/core'
import { BaseCommand } from '../../base-command.ts'
import { nodeFlags, optionFlags, roleFlag } from '../../flags.ts'
import { presetFor } from '../../presets.ts'
import { table } from '../../table.ts'

export default class ConfigPrint extends BaseCommand {
  static override summary = 'Show every value of the configuration with where it came from; secrets are masked.'
  static override flags = { ...nodeFlags, ...optionFlags, ...roleFlag }

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigPrint)
    const config = await this.loadConfig({ flags, role: flags.role, preset: presetFor(flags.role) })
    for (const warning of config.warnings) this.logToStderr(`warning: ${warning}`)
    if (flags.json) this.log(JSON.stringify({ file: config.file ?? null, values: config.values }))
    else this.log(`${config.file ?? 'no config file'}\n\n${table(config.values.map(row))}`)
  }
}

function row({ plugin, path, value, origin }: ConfigValue): string[] {
  return [plugin ?? 'node', path, typeof value === 'string' ? value : JSON.stringify(value), origin]
}
