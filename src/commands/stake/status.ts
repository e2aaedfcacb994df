import { ChainCommand, chainFlags } from '../../chain-command.ts'

export default class StakeStatus extends ChainCommand {
  static override summary = 'Show an account’s stake, and what of it is on its way out.'
  static override flags = chainFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(StakeStatus)
    const { readStake, stakeText } = await import('../../money/stake.ts')
    await this.onChain(flags, async (session) => {
      const report = await readStake(session.chain, await session.account())
      await this.say(flags.json, report, stakeText(report))
    })
  }
}
