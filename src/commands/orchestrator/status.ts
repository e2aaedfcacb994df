import { ChainCommand, chainFlags } from '../../chain-command.ts'

export default class OrchestratorStatus extends ChainCommand {
  static override summary = 'Show an orchestrator as the chain knows it.'
  static override flags = chainFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(OrchestratorStatus)
    const { orchestratorText, readOrchestrator } = await import('../../money/orchestrator.ts')
    await this.onChain(flags, async (session) => {
      const report = await readOrchestrator(session.chain, await session.account())
      await this.say(flags.json, report, orchestratorText(report))
    })
  }
}
