import { Args, Flags } from '@oclif/core'
import { sendFlags } from '../../chain-command.ts'
import { StakeCommand } from '../../stake-command.ts'

export default class StakeUnbond extends StakeCommand {
  static override summary =
    'Take stake back: it can be withdrawn some rounds later. An orchestrator that unbonds all is one no longer.'
  static override examples = ['<%= config.bin %> stake unbond 50LPT', '<%= config.bin %> stake unbond --all']
  static override args = { amount: Args.string({ description: 'how much', required: false }) }
  static override flags = { ...sendFlags, all: Flags.boolean({ description: 'all of it' }) }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StakeUnbond)
    const [{ tokens, tokensOf }, { checkUnbond }, { hintsFor }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/stake.ts'),
      import('../../money/orchestrator.ts'),
    ])
    const wanted = args.amount === undefined ? 0n : tokensOf(args.amount)
    await this.move(flags, async (report, { chain }) => {
      const amount = flags.all ? report.pendingStake : wanted
      checkUnbond(report, amount)
      const { bondingManager } = chain.contracts
      const period = await bondingManager.unbondingPeriod()
      const delegate = report.delegate ?? report.account
      const { totalStake } = await bondingManager.readTranscoder(delegate)
      const hints = await hintsFor(chain, delegate, totalStake - amount)
      return {
        summary: [
          ['unbond', `${tokens(amount)} of ${tokens(report.pendingStake)}`],
          ['from', delegate],
          ['withdraw', `from round ${report.currentRound + period}`],
        ],
        steps: [{ label: `unbond ${tokens(amount)}`, call: bondingManager.unbond(amount, hints) }],
      }
    })
  }
}
