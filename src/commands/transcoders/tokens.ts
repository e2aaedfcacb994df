import { ControlCommand, controlFlags } from '../../control-command.ts'
import type { ListedToken } from '../../transcoder-text.ts'

export default class TranscodersTokens extends ControlCommand {
  static override summary = 'List the tokens with which transcoders may attach; never the tokens themselves.'
  static override flags = controlFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(TranscodersTokens)
    const { client } = await this.findNode(flags, 'orchestrator')
    const [list, { tokenTable }] = await Promise.all([
      client.ask<readonly ListedToken[]>('GET', '/transcoders/tokens'),
      import('../../transcoder-text.ts'),
    ])
    this.say(flags.json, list, tokenTable(list))
  }
}
