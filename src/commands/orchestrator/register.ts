import { Flags } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class OrchestratorRegister extends ChainCommand {
  static override summary = 'Become an orchestrator: bond stake, set the terms, say where it is reached.'
  static override description =
    `It is active from the next round on if its stake is among the largest. Then restart the node: it calls the reward in
each round from then on.`
  static override examples = [
    '<%= config.bin %> orchestrator register --stake 200LPT --reward-cut 10 --fee-cut 95 --service-uri https://orch.example.org:8935',
  ]
  static override flags = {
    ...sendFlags,
    stake: Flags.string({ description: 'tokens to bond to itself', helpValue: '200LPT', default: '0LPT' }),
    'reward-cut': Flags.string({ description: 'share of the rewards that it keeps', helpValue: '%', default: '10' }),
    'fee-cut': Flags.string({ description: 'share of the fees that it keeps', helpValue: '%', default: '95' }),
    'service-uri': Flags.string({
      description: 'where broadcasters reach it',
      helpValue: 'https://host:port',
      required: true,
    }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(OrchestratorRegister)
    const [{ partsOf, tokensOf, percent, tokens }, { readOrchestrator, serviceUriOf }, register, rounds] =
      await Promise.all([
        import('../../money/amounts.ts'),
        import('../../money/orchestrator.ts'),
        import('../../money/register.ts'),
        import('../../money/rounds.ts'),
      ])
    const rewardCut = partsOf('reward-cut', flags['reward-cut'])
    const feeCut = partsOf('fee-cut', flags['fee-cut'])
    const serviceUri = serviceUriOf(flags['service-uri'])
    const registration = { stake: tokensOf(flags.stake), rewardCut, feeShare: 1_000_000n - feeCut, serviceUri }
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      await rounds.checkInitialized(session.chain)
      const report = await readOrchestrator(session.chain, account)
      await register.checkRegistration(session.chain, report, registration)
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['stake', tokens(registration.stake)],
          ['reward cut', percent(rewardCut)],
          ['fee cut', percent(feeCut)],
          ['service URI', serviceUri],
        ],
        steps: register.registrationSteps(session.chain, report, registration),
      })
      await this.sayDone(flags.json, await readOrchestrator(session.chain, account), sent)
    })
  }
}
