import { Flags } from '@oclif/core'
import { ChainCommand, chainFlags } from '../chain-command.ts'
import { ExitCode } from '../exit-codes.ts'
import { optionFlags } from '../flags.ts'
import type { Check } from '../money/doctor/check.ts'
import type { ChainSession } from '../money/session.ts'

export default class Doctor extends ChainCommand {
  static override summary =
    'Look whether an account can pay (a broadcaster) or is paid (an orchestrator), and what keeps it from it.'
  static override description = 'Ends with 4 when something failed; warnings end with 0.'
  static override examples = [
    '<%= config.bin %> doctor --role orchestrator --network arbitrum-one-mainnet --eth-url https://…',
  ]
  static override flags = {
    ...chainFlags,
    role: Flags.option({ description: 'as what', options: ['broadcaster', 'orchestrator'] as const, required: true })(),
    'orch-addr': optionFlags['orch-addr'],
    'max-price-per-unit': optionFlags['max-price-per-unit'],
    'pixels-per-unit': optionFlags['pixels-per-unit'],
    'deposit-multiplier': optionFlags['deposit-multiplier'],
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Doctor)
    const { 'orch-addr': orchestrators, ...others } = flags
    const { checkText } = await import('../money/doctor/check.ts')
    await this.onChain(others, async (session) => {
      const checks = await (flags.role === 'broadcaster'
        ? this.#broadcaster(session, others, orchestrators)
        : this.#orchestrator(session))
      await this.say(flags.json, { role: flags.role, checks }, checks.map(checkText).join('\n'))
      if (checks.some(({ state }) => state === 'failed')) process.exitCode = ExitCode.environment
    })
  }

  async #broadcaster(
    session: ChainSession,
    flags: Readonly<Record<string, unknown>>,
    uris = '',
  ): Promise<readonly Check[]> {
    const [{ examineBroadcaster }, { payerLimits }, { serviceUriOf }, config] = await Promise.all([
      import('../money/doctor/examine.ts'),
      import('../money/doctor/limits.ts'),
      import('../money/orchestrator.ts'),
      this.moneyConfig(flags),
    ])
    const named = uris.split(',').filter((uri) => uri.trim() !== '')
    return examineBroadcaster(session, { ...payerLimits(config), uris: named.map((uri) => serviceUriOf(uri.trim())) })
  }

  async #orchestrator(session: ChainSession): Promise<readonly Check[]> {
    const { examineOrchestrator } = await import('../money/doctor/examine.ts')
    return examineOrchestrator(session, { dataDir: session.settings.dataDir, role: 'orchestrator' })
  }
}
