import { Flags } from '@oclif/core'
import { nodeFlags, optionFlags } from '../flags.ts'
import { payerFlags } from '../money-flags.ts'
import { PATTERN, rolePreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Broadcaster extends RoleCommand {
  static override summary = 'Take live streams by RTMP, have them transcoded by orchestrators, show them as HLS.'
  static override examples = ['<%= config.bin %> broadcaster --orch-addr 127.0.0.1:8935']
  static override flags = {
    ...nodeFlags,
    ...payerFlags,
    'orch-addr': optionFlags['orch-addr'],
    'http-addr': optionFlags['http-addr'],
    'rtmp-addr': optionFlags['rtmp-addr'],
    'transcoding-options': optionFlags['transcoding-options'],
    pattern: Flags.boolean({ description: 'publish the test picture too, where the config file lists it' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Broadcaster)
    const without = flags.pattern ? [] : [PATTERN]
    await this.runNode({ flags, role: 'broadcaster', preset: rolePreset('broadcaster'), without })
  }
}
