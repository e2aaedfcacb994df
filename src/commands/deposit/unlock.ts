import { sendFlags } from '../../chain-command.ts'
import { DepositStepCommand } from '../../deposit-step-command.ts'

export default class DepositUnlock extends DepositStepCommand {
  static override summary =
    'Ask for deposit and reserve back: they can be withdrawn some rounds later, and no ticket is accepted from the next round on.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositUnlock)
    const { checkUnlock } = await import('../../money/deposit.ts')
    await this.change(flags, {
      label: 'unlock deposit and reserve',
      check: checkUnlock,
      call: (contract) => contract.unlock(),
      notes: ({ currentRound, unlockPeriod }) => [
        ['withdraw', `from round ${currentRound + unlockPeriod}; nobody takes tickets meanwhile`],
      ],
    })
  }
}
