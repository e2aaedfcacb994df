import { Args } from '@oclif/core'
import { DevnetCommand, devnetFlags } from '../../devnet-command.ts'

export default class DevnetMine extends DevnetCommand {
  static override summary = 'Let so many blocks of the local chain pass at once.'
  static override args = { blocks: Args.integer({ description: 'how many', required: true, min: 1, max: 10_000 }) }
  static override flags = devnetFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DevnetMine)
    const { mine } = await import('../../devnet/tools.ts')
    await this.onDevnet(flags['data-dir'], async (chain) => {
      await mine(chain, BigInt(args.blocks))
      const head = await chain.block()
      this.log(flags.json ? JSON.stringify({ block: head?.number.toString() }) : `Block ${head?.number}.`)
    })
  }
}
