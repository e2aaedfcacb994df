import { chainFlags, ChainCommand } from '../../chain-command.ts'

export default class DepositStatus extends ChainCommand {
  static override summary = 'Show deposit and reserve of a broadcaster, and whether they are locked.'
  static override flags = chainFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositStatus)
    const { depositText, readDeposit } = await import('../../money/deposit.ts')
    await this.onChain(flags, async (session) => {
      const deposit = await readDeposit(session.chain, await session.account())
      await this.say(flags.json, deposit, depositText(deposit))
    })
  }
}
