import { join } from 'node:path'
import { type Devnet, type DevnetAccount, startDevnet } from '@livepeer-node/devnet'
import { writeDevnet } from '../../../src/devnet/files.ts'
import { CliProject } from '../cli-project.ts'

/** An operator's folder with a chain and the keys of its accounts. */
export class ChainProject implements AsyncDisposable {
  readonly cli = new CliProject()
  readonly chain: Devnet
  readonly keystore: string
  readonly password: string

  private constructor(chain: Devnet, folder: string, cli: CliProject) {
    this.chain = chain
    this.cli = cli
    this.keystore = join(folder, 'keystore')
    this.password = join(folder, 'password')
  }

  static async open(options: Parameters<typeof startDevnet>[0] = {}): Promise<ChainProject> {
    const cli = new CliProject()
    const chain = await startDevnet({ baseFee: 7n, ...options })
    const folder = join(cli.folder, 'dev')
    await writeDevnet(folder, chain.toJSON())
    return new ChainProject(chain, folder, cli)
  }

  /** Flags that name the chain, and this account of it. */
  flags(account: DevnetAccount): string[] {
    const { rpc, controller } = this.chain
    const chain = ['--network', 'devnet', '--eth-url', rpc, '--eth-controller', controller]
    const key = ['--eth-acct-addr', account.address, '--eth-keystore-path', this.keystore]
    return [...chain, ...key, '--eth-password', this.password]
  }

  /** Runs `livepeer <command> --json` as an account, and reads what it says. Amounts are texts. */
  async run(command: string, account: DevnetAccount, ...more: readonly string[]) {
    const args = [...command.split(' '), ...more, ...this.flags(account), '--json']
    const { exitCode, stdout, stderr } = await this.cli.run(args)
    const line = stdout.split('\n')[0] ?? ''
    if (line === '') throw new Error(`${command} said nothing: ${stderr}`)
    return { exitCode, answer: JSON.parse(line) as Record<string, unknown>, stderr }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cli[Symbol.asyncDispose]()
    await this.chain.stop()
  }
}
