import { Args, Flags } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'
import type { NodePrice } from '../../money/tickets.ts'

export default class OrchestratorSetPrice extends ControlCommand {
  static override summary =
    'Change the price of a running orchestrator, until it ends. Sessions keep the price they began with.'
  static override examples = [
    '<%= config.bin %> orchestrator set-price 1200',
    '<%= config.bin %> orchestrator set-price 0 --for 0x…',
  ]
  static override args = { price: Args.string({ description: 'wei, or an amount with ETH', required: true }) }
  static override flags = {
    ...controlFlags,
    'pixels-per-unit': Flags.string({ description: 'pixels that the price is for', helpValue: 'n', default: '1' }),
    for: Flags.string({ description: 'for this broadcaster alone', helpValue: '0x…' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OrchestratorSetPrice)
    const { client } = await this.findNode(flags, 'orchestrator')
    const body = { pricePerUnit: args.price, pixelsPerUnit: flags['pixels-per-unit'], for: flags.for }
    const answer = await client.ask<NodePrice>('POST', '/payments/price', { body })
    const others = Object.entries(answer.special).map(([sender, price]) => `\n  ${sender}  ${price}`)
    this.say(flags.json, answer, `${answer.weiPerPixel} wei per pixel${others.join('')}`)
  }
}
