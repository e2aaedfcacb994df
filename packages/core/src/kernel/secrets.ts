import { readFileSync, statSync } from 'node:fs'
import type { Logger, SecretRef } from '@livepeer-node/sdk'
import { SecretMask } from '../logging/mask.ts'
import { missingSecret, unreadableSecret } from './errors.ts'

/**
 * A secret's text, for a command that runs no node: the environment variable's, the trimmed content of the file that is named, or
 * the text itself. @throws `LP_SECRET_MISSING`, `LP_SECRET_UNREADABLE`
 */
export function resolveSecret(ref: SecretRef, env: NodeJS.ProcessEnv, log: Logger): string {
  return new Secrets(env, new SecretMask()).resolve(ref, log)
}

/** Turns secret options into their text, and has every text masked in the logs from then on. */
export class Secrets {
  readonly #env: NodeJS.ProcessEnv
  readonly #mask: SecretMask

  constructor(env: NodeJS.ProcessEnv, mask: SecretMask) {
    this.#env = env
    this.#mask = mask
  }

  resolve(ref: SecretRef, log: Logger): string {
    const text = typeof ref === 'string' ? this.#fromText(ref, log) : this.#fromEnv(ref.env)
    this.#mask.add(text)
    return text
  }

  #fromEnv(name: string): string {
    const text = this.#env[name]
    if (!text) throw missingSecret(`environment variable ${name}`)
    return text
  }

  /** The text itself, unless it names a file. */
  #fromText(text: string, log: Logger): string {
    if (text.trim() === '') throw missingSecret('the option')
    if (!isFile(text)) {
      if (/^(\.{0,2}|~)\//.test(text))
        log.warn('A secret looks like a path but names no file: taken as the secret itself')
      return text
    }
    const content = read(text).trim()
    if (content === '') throw missingSecret(`file ${text}`)
    return content
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    return false // too long for a path, a file where a folder should be, …: no file of ours
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadableSecret(path, error)
  }
}
