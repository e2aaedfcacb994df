import { Args } from '@oclif/core'
import { ChainCommand, chainFlags } from '../../chain-command.ts'
import { ExitCode } from '../../exit-codes.ts'
import { table } from '../../table.ts'

export default class PriceQuote extends ChainCommand {
  static override summary =
    'Ask orchestrators what they would take from this account: those of the pool, or the ones named.'
  static override description = 'Ends with 7 when none of them names a price.'
  static override strict = false
  static override args = { uri: Args.string({ description: 'https://host:port, any number of them' }) }
  static override flags = chainFlags

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(PriceQuote)
    const [{ askPrices }, { ether }, { poolUris }, { serviceUriOf }] = await Promise.all([
      import('../../money/quotes.ts'),
      import('../../money/amounts.ts'),
      import('../../money/pool.ts'),
      import('../../money/orchestrator.ts'),
    ])
    const named = argv.map((uri) => serviceUriOf(String(uri)))
    await this.onChain(flags, async (session) => {
      const uris = named.length > 0 ? named : await poolUris(session.chain)
      const quotes = await askPrices(uris, await session.signer())
      const rows = quotes.map(({ uri, weiPerPixel, ticketEv, faceValue, tookMs, error }) => [
        uri,
        weiPerPixel ?? '-',
        ticketEv === undefined ? '-' : ether(ticketEv),
        faceValue === undefined ? '-' : ether(faceValue),
        `${tookMs} ms`,
        error ?? '',
      ])
      const head = ['ORCHESTRATOR', 'WEI/PIXEL', 'TICKET', 'FACE VALUE', 'TOOK', '']
      await this.say(flags.json, quotes, table([head, ...rows]))
      if (!quotes.some(({ weiPerPixel }) => weiPerPixel !== undefined)) process.exitCode = ExitCode.peer
    })
  }
}
