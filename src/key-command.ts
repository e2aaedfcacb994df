import type { SecretRef } from '@livepeer-node/sdk'
import { BaseCommand } from './base-command.ts'
import { commonFlags, optionFlags } from './flags.ts'
import { accountFlags } from './money-flags.ts'
import type { KeySettings } from './money/settings.ts'
import { paymentPreset } from './presets.ts'

/** Flags of every command that uses a key. */
export const keyFlags = {
  ...commonFlags,
  'data-dir': optionFlags['data-dir'],
  'eth-keystore-path': accountFlags['eth-keystore-path'],
  'eth-password': accountFlags['eth-password'],
} as const

/** A command that uses accounts, with or without a chain. */
export abstract class KeyCommand extends BaseCommand {
  /** What flags, variables and the config file say of payments. */
  protected moneyConfig(flags: Readonly<Record<string, unknown>>) {
    return this.loadConfig({ flags, role: undefined, preset: paymentPreset, pays: true })
  }

  protected async keySettings(flags: Readonly<Record<string, unknown>>): Promise<KeySettings> {
    const [{ keySettings }, config] = await Promise.all([import('./money/settings.ts'), this.moneyConfig(flags)])
    return keySettings(config)
  }

  /** Given, or asked for on a terminal. Throws `LP_KEY_PASSWORD_MISSING`, `LP_SECRET_…`. */
  protected async password(ref: SecretRef | undefined, whose: string): Promise<string> {
    if (ref !== undefined) return this.secret(ref)
    const [{ ask, isTerminal }, { noPassword }] = await Promise.all([
      import('./money/prompt.ts'),
      import('./money/errors.ts'),
    ])
    const typed = isTerminal() ? await ask(`Password of ${whose}: `, { hidden: true }) : undefined
    if (typed === undefined) throw noPassword(whose)
    return typed
  }

  /** Of a key that is to be stored: typed twice, as a slip would lock the key for ever. */
  protected async newPassword(ref: SecretRef | undefined): Promise<string> {
    const first = await this.password(ref, 'the new key')
    if (ref !== undefined) return first
    const { passwordsDiffer } = await import('./money/errors.ts')
    if ((await this.password(undefined, 'the new key, again')) !== first) throw passwordsDiffer()
    return first
  }

  protected async secret(ref: SecretRef): Promise<string> {
    const { pinoLogger, resolveSecret } = await import('@livepeer-node/core')
    return resolveSecret(ref, process.env, pinoLogger({ level: 'warn', pretty: true, destination: process.stderr }))
  }

  /** One line for programs, or what a person reads. */
  protected async say(json: boolean, data: unknown, text: string): Promise<void> {
    const { moneyJson } = await import('./money/json.ts')
    this.log(json ? moneyJson(data) : text)
  }
}
