import { Args } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'

export default class TranscodersDrain extends ControlCommand {
  static override summary = 'Have an attached transcoder get no new session, and move the ones that it has to others.'
  static override description = 'It stays attached; end it with livepeer drain or SIGTERM on its machine.'
  static override args = { transcoder: Args.string({ description: 'its id or its name', required: true }) }
  static override flags = controlFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(TranscodersDrain)
    const { client } = await this.findNode(flags, 'orchestrator')
    const path = `/transcoders/${encodeURIComponent(args.transcoder)}/drain`
    const { id, name } = await client.ask<{ id: string; name: string }>('POST', path)
    this.say(flags.json, { id, name, draining: true }, `${name} (${id}) drains.`)
  }
}
