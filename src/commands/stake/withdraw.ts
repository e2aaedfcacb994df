import { Flags } from '@oclif/core'
import { sendFlags } from '../../chain-command.ts'
import { StakeCommand } from '../../stake-command.ts'

export default class StakeWithdraw extends StakeCommand {
  static override summary = 'Take unbonded stake to the account, once its rounds are over.'
  static override flags = {
    ...sendFlags,
    lock: Flags.integer({ description: 'which one, as `stake status` numbers them; default: the only one' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(StakeWithdraw)
    const [{ tokens }, { checkLockOver, lockOf }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/stake.ts'),
    ])
    await this.move(flags, (report, { chain }) => {
      const lock = lockOf(report, flags.lock === undefined ? undefined : BigInt(flags.lock))
      checkLockOver(lock, report.currentRound)
      const call = chain.contracts.bondingManager.withdrawStake(lock.id)
      const steps = [{ label: `withdraw ${tokens(lock.amount)}`, call }]
      return { summary: [['withdraw', `${tokens(lock.amount)}, lock ${lock.id}`]], steps }
    })
  }
}
