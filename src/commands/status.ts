import { ControlCommand, controlFlags } from '../control-command.ts'
import { roleFlag } from '../flags.ts'

export default class Status extends ControlCommand {
  static override summary = 'Show how a running node is doing.'
  static override flags = {
    ...controlFlags,
    role: { ...roleFlag.role, description: 'its role, where several nodes use the data folder' },
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Status)
    const { status } = await this.findNode(flags, flags.role)
    this.say(flags.json, status, JSON.stringify(status, undefined, 2))
  }
}
