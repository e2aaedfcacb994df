import { Flags } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class OrchestratorSetTerms extends ChainCommand {
  static override summary = 'Set what an orchestrator keeps of rewards and fees; the rest is for who delegates to it.'
  static override flags = {
    ...sendFlags,
    'reward-cut': Flags.string({ description: 'share of the rewards that it keeps', helpValue: '%' }),
    'fee-cut': Flags.string({ description: 'share of the fees that it keeps', helpValue: '%' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(OrchestratorSetTerms)
    const [{ partsOf, percent }, { checkTermsChange, readOrchestrator }, { checkInitialized }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('../../money/orchestrator.ts'),
      import('../../money/rounds.ts'),
    ])
    const { 'reward-cut': reward, 'fee-cut': fee } = flags
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      await checkInitialized(session.chain)
      const before = await readOrchestrator(session.chain, account)
      await checkTermsChange(session.chain, before)
      const rewardCut = reward === undefined ? before.rewardCut : partsOf('reward-cut', reward)
      const feeShare = fee === undefined ? before.feeShare : 1_000_000n - partsOf('fee-cut', fee)
      const call = session.chain.contracts.bondingManager.setTerms(rewardCut, feeShare)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['reward cut', percent(rewardCut)],
          ['fee cut', percent(1_000_000n - feeShare)],
        ],
        steps: [{ label: 'set reward cut and fee share', call }],
      })
      await this.sayDone(flags.json, await readOrchestrator(session.chain, account), sent)
    })
  }
}
