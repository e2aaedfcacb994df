import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class OrchestratorReward extends ChainCommand {
  static override summary = 'Call for the reward of the current round, once. A node with --reward does it by itself.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(OrchestratorReward)
    const [{ readOrchestrator }, { checkInitialized }, { notPossible }] = await Promise.all([
      import('../../money/orchestrator.ts'),
      import('../../money/rounds.ts'),
      import('../../money/errors.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      await checkInitialized(session.chain)
      const before = await readOrchestrator(session.chain, account)
      const { currentRound } = before
      if (!before.active) throw notPossible(`${account} is not active in round ${currentRound}.`, 'Wait until it is.')
      if (before.rewardCalled) throw notPossible(`It was called in round ${currentRound}.`, 'Wait for the next round.')
      const steps = [{ label: 'call the reward', call: session.chain.contracts.bondingManager.reward() }]
      const sent = await this.send({ session, flags, summary: [['round', String(currentRound)]], steps })
      await this.sayDone(flags.json, await readOrchestrator(session.chain, account), sent)
    })
  }
}
