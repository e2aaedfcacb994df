import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class DepositUnlock extends ChainCommand {
  static override summary =
    'Ask for deposit and reserve back: they can be withdrawn some rounds later, and no ticket is accepted from the next round on.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositUnlock)
    const [{ ether }, { checkUnlock, readDeposit }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/deposit.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readDeposit(session.chain, account)
      checkUnlock(before)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['deposit', ether(before.deposit)],
          ['reserve', ether(before.reserve)],
          ['withdraw', `from round ${before.currentRound + before.unlockPeriod}; nobody takes tickets meanwhile`],
        ],
        steps: [{ label: 'unlock deposit and reserve', call: session.chain.contracts.ticketBroker.unlock() }],
      })
      await this.sayDone(flags.json, await readDeposit(session.chain, account), sent)
    })
  }
}
