import { ControlCommand, controlFlags, controlRoleFlag } from '../control-command.ts'

export default class Status extends ControlCommand {
  static override summary = 'Show how a running node is doing.'
  static override flags = {
    ...controlFlags,
    ...controlRoleFlag,
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Status)
    const { status } = await this.findNode(flags, flags.role)
    this.say(flags.json, status, JSON.stringify(status, undefined, 2))
  }
}
