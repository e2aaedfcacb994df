import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class RoundInitialize extends ChainCommand {
  static override summary = 'Initialize the current round, if nobody has: until then the protocol stands still.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(RoundInitialize)
    const [{ readRounds }, { notPossible }] = await Promise.all([
      import('../../money/rounds.ts'),
      import('../../money/errors.ts'),
    ])
    await this.onChain(flags, async (session) => {
      const { current, initialized } = await readRounds(session.chain)
      if (initialized) throw notPossible(`Round ${current} is initialized.`, 'Nothing has to be done.')
      const steps = [{ label: 'initialize the round', call: session.chain.contracts.roundsManager.initializeRound() }]
      const sent = await this.send({ session, flags, summary: [['round', String(current)]], steps })
      await this.sayDone(flags.json, await readRounds(session.chain), sent)
    })
  }
}
