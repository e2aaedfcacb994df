import { Args } from '@oclif/core'
import { ChainCommand, chainFlags } from '../../chain-command.ts'
import { table } from '../../table.ts'

export default class AccountBalance extends ChainCommand {
  static override summary = 'Show what an account holds: Ether, tokens, and its next nonce.'
  static override args = { address: Args.string({ description: 'the account; default: that of --eth-acct-addr' }) }
  static override flags = chainFlags

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AccountBalance)
    const [{ ether, tokens }, { checksummed }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('@livepeer-node/chain'),
    ])
    await this.onChain(flags, async (session) => {
      const address = args.address === undefined ? await session.account() : checksummed(args.address)
      const { provider, contracts, chainId } = session.chain
      const [eth, lpt, nonce] = await Promise.all([
        provider.getBalance(address),
        contracts.token.balanceOf(address),
        provider.getTransactionCount(address),
      ])
      const text = table([
        ['account', address],
        ['chain', chainId.toString()],
        ['Ether', ether(eth)],
        ['tokens', tokens(lpt)],
        ['nonce', String(nonce)],
      ])
      await this.say(flags.json, { address, chainId, eth, lpt, nonce }, text)
    })
  }
}
