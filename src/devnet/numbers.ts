import { badNumber } from './errors.ts'

/** Seconds, above 0. Throws `LP_DEVNET_FLAG`. */
export function blockTimeOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0) || seconds > 3600) throw badNumber('block-time', text, 'seconds above 0, 3600 at most')
  return seconds
}

/** Throws `LP_DEVNET_FLAG`. */
export function weiOf(text: string): bigint {
  if (!/^\d{1,20}$/.test(text)) throw badNumber('base-fee', text, 'a whole number of wei')
  return BigInt(text)
}
