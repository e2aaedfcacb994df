import { Args, Flags } from '@oclif/core'
import { ChainCommand, sendFlags } from '../../chain-command.ts'

export default class AccountSend extends ChainCommand {
  static override summary = 'Send Ether or tokens to another account.'
  static override examples = [
    '<%= config.bin %> account send 5LPT --to 0x…',
    '<%= config.bin %> account send 0.1ETH --to 0x…',
  ]
  static override args = { amount: Args.string({ description: 'how much, with its unit', required: true }) }
  static override flags = {
    ...sendFlags,
    to: Flags.string({ description: 'to whom', helpValue: '0x…', required: true }),
  }

  async run(): Promise<void> {
    const { args, flags } = await this.parse(AccountSend)
    const [{ etherOf, tokensOf }, { checksummed }] = await Promise.all([
      import('../../money/amounts.ts'),
      import('@livepeer-node/chain'),
    ])
    const to = checksummed(flags.to)
    const isToken = /lptu?$/i.test(args.amount.trim())
    const amount = isToken ? tokensOf(args.amount) : etherOf(args.amount)
    await this.onChain(flags, async (session) => {
      const call = isToken ? session.chain.contracts.token.transfer(to, amount) : { to, data: '0x', value: amount }
      const sent = await this.send({
        session,
        flags,
        summary: [
          ['send', args.amount],
          ['to', to],
        ],
        steps: [{ label: `send ${args.amount}`, call }],
      })
      await this.sayDone(flags.json, { to, amount }, sent)
    })
  }
}
