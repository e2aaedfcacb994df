import { ChainCommand, chainFlags } from '../../chain-command.ts'

export default class RoundStatus extends ChainCommand {
  static override summary = 'Show the current round, and the protocol’s figures.'
  static override flags = chainFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(RoundStatus)
    const { readRounds, roundText } = await import('../../money/rounds.ts')
    await this.onChain(flags, async ({ chain }) => {
      const report = await readRounds(chain)
      await this.say(flags.json, report, roundText(report))
    })
  }
}
