import { Args } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'

export default class TranscodersAdd extends ControlCommand {
  static override summary = 'Make a token for a transcoder, and print it this once.'
  static override description = 'The transcoder gives it as its --orch-secret.'
  static override examples = ['<%= config.bin %> transcoders add berlin-1 > berlin-1.token']
  static override args = { name: Args.string({ description: 'what the transcoder is called', required: true }) }
  static override flags = controlFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TranscodersAdd)
    const { client } = await this.findNode(flags, 'orchestrator')
    const made = await client.ask<{ name: string; token: string }>('POST', '/transcoders/tokens', {
      body: { name: args.name },
    })
    this.say(flags.json, made, made.token)
  }
}
