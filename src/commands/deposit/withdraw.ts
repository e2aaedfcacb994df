import { sendFlags } from '../../chain-command.ts'
import { DepositStepCommand } from '../../deposit-step-command.ts'

export default class DepositWithdraw extends DepositStepCommand {
  static override summary = 'Take deposit and reserve back to the account, once they are unlocked.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(DepositWithdraw)
    const { checkWithdraw } = await import('../../money/deposit.ts')
    await this.change(flags, {
      label: 'withdraw deposit and reserve',
      check: checkWithdraw,
      call: (contract) => contract.withdraw(),
    })
  }
}
