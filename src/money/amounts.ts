import { ETH_UNITS, formatAmount, LPT_UNITS, parseAmount, Rational } from '@livepeer-node/protocol'
import { badPercent } from './errors.ts'

/** Wei of `1.5ETH`, `20gwei`, `100wei`. Throws `LP_AMOUNT_INVALID`. */
export function etherOf(text: string): bigint {
  return parseAmount(text, ETH_UNITS)
}

/** Smallest parts of `200LPT`. Throws `LP_AMOUNT_INVALID`. */
export function tokensOf(text: string): bigint {
  return parseAmount(text, LPT_UNITS)
}

export function ether(wei: bigint): string {
  return formatAmount(wei, 'ETH')
}

export function tokens(amount: bigint): string {
  return formatAmount(amount, 'LPT')
}

/** Parts per 10^6 of a percentage with four decimals at most. Throws `LP_PERCENT_INVALID`. */
export function partsOf(flag: string, text: string): bigint {
  const [, whole = '', decimals = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?\s?%?$/.exec(text.trim()) ?? []
  const parts = whole === '' ? undefined : BigInt(whole + decimals.padEnd(4, '0'))
  if (parts === undefined || parts > 1_000_000n) throw badPercent(flag, text)
  return parts
}

/** `12.5 %` */
export function percent(parts: bigint): string {
  return formatAmount(parts, '%', 4)
}

/** Of `n/d` or `n`, as prices are written. */
export function rationalOf(text: string): Rational {
  const [numerator = '0', denominator = '1'] = text.split('/')
  return Rational.of(BigInt(numerator), BigInt(denominator))
}
