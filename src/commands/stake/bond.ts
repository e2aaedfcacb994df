import { Args, Flags } from '@oclif/core'
import { sendFlags } from '../../chain-command.ts'
import { StakeCommand } from '../../stake-command.ts'

export default class StakeBond extends StakeCommand {
  static override summary =
    'Bond tokens to an orchestrator. With another --to than before, all of the stake goes there.'
  static override examples = ['<%= config.bin %> stake bond 200LPT --to 0x…']
  static override args = {
    amount: Args.string({ description: 'how much more; 0LPT only moves the stake', required: true }),
  }
  static override flags = {
    ...sendFlags,
    to: Flags.string({ description: 'the orchestrator; default: as before', helpValue: '0x…' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(StakeBond)
    const [{ tokens, tokensOf }, { checksummed }, { delegateOf }, { approveStep, checkTokens }, { hintsFor }] =
      await Promise.all([
        import('../../money/amounts.ts'),
        import('@livepeer-node/chain'),
        import('../../money/stake.ts'),
        import('../../money/register.ts'),
        import('../../money/orchestrator.ts'),
      ])
    const amount = tokensOf(args.amount)
    const wanted = flags.to === undefined ? undefined : checksummed(flags.to)
    await this.move(flags, async (report, { chain }) => {
      const { account, pendingStake, delegate } = report
      const to = delegateOf(report, wanted)
      await checkTokens(chain, account, amount)
      const { bondingManager } = chain.contracts
      const bond = async () => {
        const { totalStake } = await bondingManager.readTranscoder(to)
        const added = amount + (delegate === to ? 0n : pendingStake)
        const hints = await hintsFor(chain, to, totalStake + added)
        return { label: `bond ${tokens(amount)}`, call: bondingManager.bond(amount, to, { new: hints }) }
      }
      return {
        summary: [
          ['bond', tokens(amount)],
          ['to', to],
          ...(delegate !== undefined && delegate !== to
            ? [['from', `${delegate}: ${tokens(pendingStake)}`] as const]
            : []),
        ],
        steps: amount > 0n ? [() => approveStep(chain, account, amount), bond] : [bond],
      }
    })
  }
}
