import { Flags } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class DepositFund extends ChainCommand {
  static override summary = 'Put Ether into deposit and reserve, from which tickets are paid.'
  static override description =
    `The deposit pays winning tickets. The reserve is what each orchestrator may rely on when the deposit is gone: a
hundredth of it per round where a hundred are active. Funding takes an unlock back.`
  static override examples = ['<%= config.bin %> deposit fund --deposit 0.065ETH --reserve 0.36ETH']
  static override flags = {
    ...sendFlags,
    deposit: Flags.string({ description: 'to add to the deposit', helpValue: '0.1ETH', default: '0ETH' }),
    reserve: Flags.string({ description: 'to add to the reserve', helpValue: '0.3ETH', default: '0ETH' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositFund)
    const [{ ether, etherOf }, { checkFunding, readDeposit }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/deposit.ts'),
    ])
    const deposit = etherOf(flags.deposit)
    const reserve = etherOf(flags.reserve)
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readDeposit(session.chain, account)
      await checkFunding(session.chain, account, deposit + reserve)
      const call = session.chain.contracts.ticketBroker.fund(deposit, reserve)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['deposit', `${ether(deposit)} more than ${ether(before.deposit)}`],
          ['reserve', `${ether(reserve)} more than ${ether(before.reserve)}`],
          ...(before.withdrawRound > 0n ? [['unlock', 'is taken back by this'] as const] : []),
        ],
        steps: [{ label: 'fund deposit and reserve', call }],
      })
      await this.sayDone(flags.json, await readDeposit(session.chain, account), sent)
    })
  }
}
