import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class DepositCancelUnlock extends ChainCommand {
  static override summary = 'Take an unlock back: tickets are accepted again.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositCancelUnlock)
    const [{ ether }, { checkCancelUnlock, readDeposit }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/deposit.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readDeposit(session.chain, account)
      checkCancelUnlock(before)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['deposit', ether(before.deposit)],
          ['reserve', ether(before.reserve)],
        ],
        steps: [{ label: 'cancel the unlock', call: session.chain.contracts.ticketBroker.cancelUnlock() }],
      })
      await this.sayDone(flags.json, await readDeposit(session.chain, account), sent)
    })
  }
}
