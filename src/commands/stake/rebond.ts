import { Flags } from '@oclif/core'
import { sendFlags } from '../../chain-command.ts'
import { StakeCommand } from '../../stake-command.ts'

export default class StakeRebond extends StakeCommand {
  static override summary = 'Bond stake again that is on its way out.'
  static override flags = {
    ...sendFlags,
    lock: Flags.integer({ description: 'which one, as `stake status` numbers them; default: the only one' }),
    to: Flags.string({ description: 'to whom, where all was unbonded', helpValue: '0x…' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(StakeRebond)
    const [{ tokens }, { checksummed }, { delegateOf, lockOf }, { hintsFor }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('@livepeer-node/chain'),
      import('../../money/stake.ts'),
      import('../../money/orchestrator.ts'),
    ])
    const wanted = flags.to === undefined ? undefined : checksummed(flags.to)
    await this.move(flags, async (report, { chain }) => {
      const lock = lockOf(report, flags.lock === undefined ? undefined : BigInt(flags.lock))
      const isUnbonded = report.status === 'unbonded'
      const to = isUnbonded ? delegateOf({ ...report, delegate: undefined }, wanted) : delegateOf(report, undefined)
      const { bondingManager } = chain.contracts
      const { totalStake } = await bondingManager.readTranscoder(to)
      const hints = await hintsFor(chain, to, totalStake + lock.amount)
      const call = isUnbonded
        ? bondingManager.rebondFromUnbonded(to, lock.id, hints)
        : bondingManager.rebond(lock.id, hints)
      return {
        summary: [
          ['rebond', `${tokens(lock.amount)}, lock ${lock.id}`],
          ['to', to],
        ],
        steps: [{ label: `rebond ${tokens(lock.amount)}`, call }],
      }
    })
  }
}
