import { Flags } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'
import { ExitCode } from '../../exit-codes.ts'

export default class TicketsRedeem extends ControlCommand {
  static override summary = 'Have a running orchestrator look at once which winning tickets it can redeem.'
  static override description =
    `It does so with each block by itself: a ticket waits until its terms have expired, and while gas costs more than it
brings. With --wait it ends with 4 when some still wait then.`
  static override flags = {
    ...controlFlags,
    wait: Flags.string({ description: 'until none waits, for no longer than this', helpValue: '30s|5m' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(TicketsRedeem)
    const [{ waitForRedemption }, { graceOf }] = await Promise.all([
      import('../../money/tickets.ts'),
      import('../../control/drain.ts'),
    ])
    const waitMs = graceOf(flags.wait) ?? 0
    const { client } = await this.findNode(flags, 'orchestrator')
    const waiting = await waitForRedemption(client, waitMs)
    this.say(flags.json, { waiting }, `${waiting} winning tickets wait.`)
    if (waitMs > 0 && waiting > 0) process.exitCode = ExitCode.environment
  }
}
