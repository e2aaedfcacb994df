import { Args } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class OrchestratorSetUri extends ChainCommand {
  static override summary = 'Say on the chain where broadcasters reach this orchestrator.'
  static override args = { uri: Args.string({ description: 'https://host:port', required: true }) }
  static override flags = sendFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(OrchestratorSetUri)
    const { readOrchestrator, serviceUriOf } = await import('../../money/orchestrator.ts')
    const uri = serviceUriOf(args.uri)
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readOrchestrator(session.chain, account)
      const call = session.chain.contracts.serviceRegistry.setServiceUri(uri)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['before', before.serviceUri || 'none'],
          ['service URI', uri],
        ],
        steps: before.serviceUri === uri ? [] : [{ label: 'set the service URI', call }],
      })
      await this.sayDone(flags.json, await readOrchestrator(session.chain, account), sent)
    })
  }
}
