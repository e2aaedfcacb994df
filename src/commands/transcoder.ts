import { nodeFlags, optionFlags } from '../flags.ts'
import { rolePreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Transcoder extends RoleCommand {
  static override summary = 'Transcode for an orchestrator.'
  static override examples = ['<%= config.bin %> transcoder --orch-addr 127.0.0.1:8935 --orch-secret ./secret.txt']
  static override flags = {
    ...nodeFlags,
    'orch-addr': optionFlags['orch-addr'],
    'orch-secret': optionFlags['orch-secret'],
    nvidia: optionFlags.nvidia,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Transcoder)
    await this.runNode({ flags, role: 'transcoder', preset: rolePreset('transcoder') })
  }
}
