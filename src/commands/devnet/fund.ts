import { Args, Flags } from '@oclif/core'
import { DevnetCommand, devnetFlags } from '../../devnet-command.ts'

export default class DevnetFund extends DevnetCommand {
  static override summary = 'Give an account Ether and tokens of the local chain.'
  static override args = { address: Args.string({ description: 'the account', required: true }) }
  static override flags = {
    ...devnetFlags,
    eth: Flags.string({ description: 'how much Ether', helpValue: '10ETH', default: '10ETH' }),
    lpt: Flags.string({ description: 'how many tokens', helpValue: '1000LPT', default: '1000LPT' }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DevnetFund)
    const [{ fund }, { etherOf, tokensOf }, { checksummed }] = await Promise.all([
      import('../../devnet/tools.ts'),
      import('../../money/amounts.ts'),
      import('@livepeer-node/chain'),
    ])
    const to = checksummed(args.address)
    const gift = { to, wei: etherOf(flags.eth), tokens: tokensOf(flags.lpt) }
    await this.onDevnet(flags['data-dir'], (chain, info, log) => fund(chain, info, { ...gift, log }))
    this.log(flags.json ? JSON.stringify({ to }) : `${to} has ${flags.eth} and ${flags.lpt} more.`)
  }
}
