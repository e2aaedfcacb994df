import { resolve } from 'node:path'
import { Args, Flags } from '@oclif/core'
import { BaseCommand } from '../../base-command.ts'
import { devnetFlags } from '../../devnet-command.ts'

export default class DevnetConfig extends BaseCommand {
  static override summary = 'Print a livepeer.config.ts with which a role uses the local chain.'
  static override examples = [
    '<%= config.bin %> devnet config orchestrator --data-dir /tmp/livepeer-devnet > livepeer.config.ts',
    '<%= config.bin %> broadcaster $(<%= config.bin %> devnet config broadcaster --flags --data-dir /tmp/livepeer-devnet)',
  ]
  static override args = {
    role: Args.string({ description: 'the role', options: ['broadcaster', 'orchestrator'], required: true }),
  }
  static override flags = {
    ...devnetFlags,
    flags: Flags.boolean({ description: 'print flags of the role’s command instead' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DevnetConfig)
    const [{ readDevnet }, { configText, flagsText, paymentOptions }] = await Promise.all([
      import('../../devnet/files.ts'),
      import('../../devnet/role-config.ts'),
    ])
    const folder = resolve(flags['data-dir'])
    const info = await readDevnet(folder)
    const role = args.role === 'orchestrator' ? 'orchestrator' : 'broadcaster'
    if (flags.json) this.log(JSON.stringify(paymentOptions(info, folder, role)))
    else this.log(flags.flags ? flagsText(info, folder, role) : configText(info, folder, role).trimEnd())
  }
}
