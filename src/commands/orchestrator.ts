import { Flags } from '@oclif/core'
import { nodeFlags, optionFlags } from '../flags.ts'
import { payeeFlags } from '../money-flags.ts'
import { rolePreset } from '../presets.ts'
import { RoleCommand } from '../role-command.ts'

export default class Orchestrator extends RoleCommand {
  static override summary = 'Take segments from broadcasters and have them transcoded, here or by attached transcoders.'
  static override examples = [
    '<%= config.bin %> orchestrator --transcoder --service-addr 127.0.0.1:8935',
    '<%= config.bin %> orchestrator --orch-secret ./secret.txt --service-addr example.org:8935',
  ]
  static override flags = {
    ...nodeFlags,
    ...payeeFlags,
    'service-addr': optionFlags['service-addr'],
    'http-addr': optionFlags['http-addr'],
    'orch-secret': optionFlags['orch-secret'],
    nvidia: optionFlags.nvidia,
    transcoder: Flags.boolean({ description: 'transcode in this process too' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Orchestrator)
    const preset = rolePreset('orchestrator', { transcodes: flags.transcoder ?? false })
    await this.runNode({ flags, role: 'orchestrator', preset })
  }
}
