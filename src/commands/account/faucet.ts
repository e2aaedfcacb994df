import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class AccountFaucet extends ChainCommand {
  static override summary = 'Get tokens for nothing, on test networks.'
  static override flags = sendFlags

  async run(): Promise<void> {
    const { flags } = await this.parse(AccountFaucet)
    const { notPossible } = await import('../../money/errors.ts')
    await this.onChain(flags, async (session) => {
      const { faucet, token } = session.chain.contracts
      if (!faucet) throw notPossible('This network has no faucet.', 'Buy tokens.')
      const account = await session.account()
      const steps = [{ label: 'ask for tokens', call: faucet.request() }]
      const sent = await this.send({ session, flags, summary: [['faucet', faucet.address]], steps })
      await this.sayDone(flags.json, { account, lpt: await token.balanceOf(account) }, sent)
    })
  }
}
