import { Args } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'

export default class TranscodersRevoke extends ControlCommand {
  static override summary = 'Take a token back: who has attached with it is cut off at once.'
  static override args = { name: Args.string({ description: 'the name that the token was made for', required: true }) }
  static override flags = controlFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TranscodersRevoke)
    const { client } = await this.findNode(flags, 'orchestrator')
    const path = `/transcoders/tokens/${encodeURIComponent(args.name)}`
    const answer = await client.ask('DELETE', path)
    this.say(flags.json, answer, `The token of ${args.name} is worth nothing any more.`)
  }
}
