import { join } from 'node:path'
import { type Command, Config } from '@oclif/core'
import { captureOutput } from '@oclif/test'
import { type Devnet, type DevnetAccount, startDevnet } from '@livepeer-node/devnet'
import { writeDevnet } from '../../../src/devnet/files.ts'
import { CliProject } from '../cli-project.ts'

type Runnable = (new (argv: string[], config: Config) => Command) & Pick<typeof Command, 'run'>

const ROOT = join(import.meta.dirname, '../../..')

/** An operator's folder with a chain and the keys of its accounts. */
export class ChainProject implements AsyncDisposable {
  readonly cli: CliProject
  readonly chain: Devnet
  readonly keystore: string
  readonly password: string
  /** Empty: nothing of the config file of the folder that tests run in. */
  readonly #config: string

  private constructor(chain: Devnet, folder: string, cli: CliProject) {
    this.chain = chain
    this.cli = cli
    this.keystore = join(folder, 'keystore')
    this.password = join(folder, 'password')
    this.#config = cli.write('empty.json', { plugins: [] })
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

  /** Runs `livepeer <command> --json` as an account, in this process, and reads what it says. Amounts are texts. */
  async run(command: string, account: DevnetAccount, ...more: readonly string[]) {
    const file = `${ROOT}/src/commands/${command.replaceAll(' ', '/')}.ts`
    const { default: made } = (await import(file)) as { default: Runnable }
    const config = await Config.load(ROOT)
    const own = ['--config', this.#config, '--data-dir', join(this.cli.folder, 'data'), '--json']
    const args = [...more, ...this.flags(account), ...own]
    const { stdout, stderr, error } = await captureOutput(() => made.run(args, config), { testNodeEnv: 'production' })
    if (error) throw error
    const exitCode = Number(process.exitCode ?? 0)
    process.exitCode = 0
    return { exitCode, answer: JSON.parse(stdout) as Record<string, unknown>, stderr }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cli[Symbol.asyncDispose]()
    await this.chain.stop()
  }
}
