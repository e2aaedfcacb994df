import { DevnetCommand, devnetFlags } from '../../devnet-command.ts'

export default class DevnetNextRound extends DevnetCommand {
  static override summary = 'Let the local chain go on to the next round at once.'
  static override flags = devnetFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DevnetNextRound)
    const { nextRound } = await import('../../devnet/tools.ts')
    await this.onDevnet(flags['data-dir'], async (chain) => {
      const round = await nextRound(chain)
      this.log(flags.json ? JSON.stringify({ round: round.toString() }) : `Round ${round} has begun.`)
    })
  }
}
