import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { BaseCommand } from '../../base-command.ts'
import { commonFlags } from '../../flags.ts'

export default class Devnet extends BaseCommand {
  static override summary =
    'Run the Livepeer contracts on a chain of this machine, with accounts that have Ether and tokens.'
  static override description =
    `One account is an active orchestrator, one a broadcaster with a deposit and a reserve. Rounds are opened as they begin.
Everybody knows the keys: the chain listens on the loopback only. --json prints one line {rpc, chainId, controller, accounts}.`
  static override examples = [
    '<%= config.bin %> devnet --data-dir /tmp/livepeer-devnet',
    '<%= config.bin %> devnet --state ./chain.json --json',
  ]
  static override flags = {
    json: commonFlags.json,
    'data-dir': Flags.string({
      description: 'write the keys and what `devnet config` needs into this folder',
      helpValue: 'folder',
    }),
    state: Flags.string({ description: 'keep the chain in this file', helpValue: 'file' }),
    port: Flags.integer({ description: 'port on the loopback; 0: any', helpValue: 'number', default: 8545 }),
    'chain-id': Flags.integer({ description: 'default 31337', helpValue: 'number' }),
    'block-time': Flags.string({ description: 'seconds between blocks', helpValue: 'seconds', default: '1' }),
    'round-length': Flags.integer({ description: 'blocks of a round; default 60', helpValue: 'number' }),
    'base-fee': Flags.string({ description: 'wei per unit of gas', helpValue: 'wei', default: '7' }),
    orchestrators: Flags.integer({ description: 'accounts that are active orchestrators', default: 1 }),
    broadcasters: Flags.integer({ description: 'accounts with deposit and reserve', default: 1 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Devnet)
    const { 'data-dir': folder, json, state, port, orchestrators, broadcasters } = flags
    const [{ runDevnet }, { blockTimeOf, weiOf }] = await Promise.all([
      import('../../devnet/run-devnet.ts'),
      import('../../devnet/numbers.ts'),
    ])
    const options = {
      port,
      orchestrators,
      broadcasters,
      blockTime: blockTimeOf(flags['block-time']),
      baseFee: weiOf(flags['base-fee']),
      ...(state !== undefined && { state: resolve(state) }),
      ...(flags['chain-id'] !== undefined && { chainId: flags['chain-id'] }),
      ...(flags['round-length'] !== undefined && { roundLength: flags['round-length'] }),
    }
    await runDevnet({
      options,
      folder: folder && resolve(folder),
      json,
      say: (text) => this.log(text),
      warn: (text) => this.logToStderr(text),
    })
  }
}
