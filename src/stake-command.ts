import { ChainCommand, type SendRequest } from './chain-command.ts'
import type { ChainSession } from './money/session.ts'
import type { StakeReport } from './money/stake.ts'

/** What a command makes of the stake that is there. */
export type StakePlan = Pick<SendRequest, 'summary' | 'steps'>

/** A command that moves stake. */
export abstract class StakeCommand extends ChainCommand {
  /** Looks at the stake, sends what `plan` says, and tells how the stake stands then. */
  protected async move(
    flags: SendRequest['flags'],
    plan: (report: StakeReport, session: ChainSession) => StakePlan | Promise<StakePlan>,
  ): Promise<void> {
    const [{ readStake }, { checkInitialized }] = await Promise.all([
      import('./money/stake.ts'),
      import('./money/rounds.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      await checkInitialized(session.chain)
      const planned = await plan(await readStake(session.chain, account), session)
      const sent = await this.send({ session, flags, ...planned })
      await this.sayDone(flags.json, await readStake(session.chain, account), sent)
    })
  }
}
