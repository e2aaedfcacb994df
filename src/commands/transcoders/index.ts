import { ControlCommand, controlFlags } from '../../control-command.ts'
import type { ListedTranscoder } from '../../transcoder-text.ts'

export default class Transcoders extends ControlCommand {
  static override summary = 'List the transcoders that are attached to the orchestrator that runs here.'
  static override description =
    'SESSIONS: it has / it takes (* less than it declared). P95: time taken over duration, of its latest segments; above 1 it is too slow.'
  static override flags = controlFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(Transcoders)
    const { client } = await this.findNode(flags, 'orchestrator')
    const [list, { transcoderTable }] = await Promise.all([
      client.ask<readonly ListedTranscoder[]>('GET', '/transcoders'),
      import('../../transcoder-text.ts'),
    ])
    this.say(flags.json, list, transcoderTable(list))
  }
}
