import { Flags } from '@oclif/core'
import { ControlCommand, controlFlags, controlRoleFlag } from '../control-command.ts'
import { ExitCode } from '../exit-codes.ts'

export default class Drain extends ControlCommand {
  static override summary = 'Have a running node take no new work, finish or hand over what it has, and end.'
  static override description = `Ends with 0 when all was finished or handed over, with 8 when something was left.`
  static override examples = [
    '<%= config.bin %> drain',
    '<%= config.bin %> drain --role orchestrator --grace 5m',
    '<%= config.bin %> drain --cli-addr 127.0.0.1:7935 --json',
  ]
  static override flags = {
    ...controlFlags,
    ...controlRoleFlag,
    grace: Flags.string({
      description: 'finish what runs for no longer than this; default: the node’s own setting',
      helpValue: '30s|5m|1h',
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Drain)
    const { drainNode, graceOf, outcomeText } = await import('../control/drain.ts')
    const graceMs = graceOf(flags.grace)
    const node = await this.findNode(flags, flags.role)
    const { json } = flags
    const outcome = await drainNode(node, { graceMs, progress: (text) => !json && this.log(text) })
    this.say(json, outcome, outcomeText(outcome))
    process.exitCode = outcome.drained ? ExitCode.ok : ExitCode.drain
  }
}
