import { Command, Errors } from '@oclif/core'
import type { LoadedConfig, Preset } from '@livepeer-node/core'
import type { Role } from '@livepeer-node/sdk'
import { ExitCode, exitCodeFor } from './exit-codes.ts'
import { flagVariables, optionValues } from './flags.ts'
import { namesChain } from './names-chain.ts'
import { paymentEntry } from './presets.ts'

export interface ConfigRequest {
  readonly flags: Readonly<Record<string, unknown>>
  readonly role: Role | undefined
  readonly preset: Preset
  /** Names of plugins to leave out. */
  readonly without?: readonly string[]
  /** Whether the payment plugin is loaded even if the config does not list it. Default: where a chain is named. */
  readonly pays?: boolean
  /** Options that the command itself sets, as flags would. */
  readonly options?: Readonly<Record<string, string>>
}

/** Prints every failure the same way and ends with the status that fits. Heavy parts are loaded inside `run()` only. */
export abstract class BaseCommand extends Command {
  protected async loadConfig({
    flags,
    role,
    preset,
    without = [],
    pays,
    options,
  }: ConfigRequest): Promise<LoadedConfig> {
    const { loadConfig } = await import('@livepeer-node/core')
    const { network, ...others } = { ...optionValues(flags), ...options }
    return loadConfig({
      cwd: process.cwd(),
      file: flags['config'] as string | undefined,
      role,
      preset,
      without,
      also: (pays ?? namesChain(flags, process.env)) ? [paymentEntry(role)] : [],
      flags: network === undefined || network === 'offchain' ? others : { network, ...others },
      env: process.env,
      knownEnv: flagVariables,
    })
  }

  protected override async catch(thrown: Error): Promise<void> {
    if (thrown instanceof Errors.ExitError) throw thrown
    if (thrown instanceof Errors.CLIError) this.#refuseUsage(thrown)
    else await this.#report(thrown)
  }

  #refuseUsage(error: Error): void {
    process.exitCode = ExitCode.usage
    const message = error.message.replace(/\nSee more help with --help$/, '')
    const problem = { code: 'LP_USAGE', kind: 'config', message }
    if (this.#wantsJson()) this.log(JSON.stringify({ errors: [problem] }))
    else
      this.logToStderr(`LP_USAGE  ${message}\n  remedy    ${this.config.bin} ${this.id?.replaceAll(':', ' ')} --help`)
  }

  async #report(thrown: Error): Promise<void> {
    const [{ problemsOf }, { problemJson, problemText }] = await Promise.all([
      import('@livepeer-node/core'),
      import('./problem-text.ts'),
    ])
    const problems = problemsOf(thrown)
    process.exitCode = exitCodeFor(problems)
    if (this.#wantsJson()) this.log(problemJson(problems))
    else for (const problem of problems) this.logToStderr(problemText(problem))
  }

  /** Also where the flags could not be read. */
  #wantsJson(): boolean {
    return this.argv.includes('--json')
  }
}
