import { sendFlags } from '../../chain-command.ts'
import { DepositStepCommand } from '../../deposit-step-command.ts'

export default class DepositCancelUnlock extends DepositStepCommand {
  static override summary = 'Take an unlock back: tickets are accepted again.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositCancelUnlock)
    const { checkCancelUnlock } = await import('../../money/deposit.ts')
    await this.change(flags, {
      label: 'cancel the unlock',
      check: checkCancelUnlock,
      call: (contract) => contract.cancelUnlock(),
    })
  }
}
