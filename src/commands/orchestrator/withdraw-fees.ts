import { Flags } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class OrchestratorWithdrawFees extends ChainCommand {
  static override summary = 'Take out fees that were earned, by an orchestrator or by who delegates to one.'
  static override flags = {
    ...sendFlags,
    amount: Flags.string({ description: 'how much; default: all', helpValue: '0.1ETH' }),
    to: Flags.string({ description: 'to whom; default: the account', helpValue: '0x…' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(OrchestratorWithdrawFees)
    const [{ ether, etherOf }, { checksummed }, { checkInitialized }, { notPossible }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('@livepeer-node/chain'),
      import('../../money/rounds.ts'),
      import('../../money/errors.ts'),
    ])
    const wanted = flags.amount === undefined ? undefined : etherOf(flags.amount)
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const { bondingManager } = session.chain.contracts
      await checkInitialized(session.chain)
      const pending = await bondingManager.pendingFees(account)
      const amount = wanted ?? pending
      if (pending === 0n) throw notPossible('There are no fees.', 'Wait until tickets were redeemed.')
      if (amount > pending) throw notPossible('There are not so many fees.', 'Take less.', ether(pending))
      const to = flags.to === undefined ? account : checksummed(flags.to)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['withdraw', `${ether(amount)} of ${ether(pending)}`],
          ['to', to],
        ],
        steps: [{ label: 'withdraw fees', call: bondingManager.withdrawFees(to, amount) }],
      })
      await this.sayDone(
        flags.json,
        { account, to, amount, pendingFees: await bondingManager.pendingFees(account) },
        sent,
      )
    })
  }
}
