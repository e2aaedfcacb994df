import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class DepositWithdraw extends ChainCommand {
  static override summary = 'Take deposit and reserve back to the account, once they are unlocked.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositWithdraw)
    const [{ ether }, { checkWithdraw, readDeposit }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/deposit.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readDeposit(session.chain, account)
      checkWithdraw(before)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['deposit', ether(before.deposit)],
          ['reserve', ether(before.reserve)],
        ],
        steps: [{ label: 'withdraw deposit and reserve', call: session.chain.contracts.ticketBroker.withdraw() }],
      })
      await this.sayDone(flags.json, await readDeposit(session.chain, account), sent)
    })
  }
}
