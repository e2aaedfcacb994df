import { Flags } from '@oclif/core'
import { nodeFlags, optionFlags } from '../flags.ts'
import { PATTERN, startPreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Start extends RoleCommand {
  static override summary = 'Run what the config file lists; without one, all roles in one process.'
  static override examples = [
    '<%= config.bin %> start',
    '<%= config.bin %> start --no-pattern --rtmp-addr 0.0.0.0:1935',
  ]
  static override flags = {
    ...nodeFlags,
    ...optionFlags,
    pattern: Flags.boolean({ description: 'publish the test picture', default: true, allowNo: true }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Start)
    const without = flags.pattern ? [] : [PATTERN]
    await this.runNode({ flags, role: undefined, preset: startPreset, without })
  }
}
