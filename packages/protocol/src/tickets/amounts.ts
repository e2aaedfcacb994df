import { amountInvalid } from './errors-money.ts'

/** Decimals of each unit's name, in capitals. */
export const ETH_UNITS: Readonly<Record<string, number>> = Object.freeze({ WEI: 0, GWEI: 9, ETH: 18 })
/** The token's smallest part has the name that go-livepeer gives it. */
export const LPT_UNITS: Readonly<Record<string, number>> = Object.freeze({ LPTU: 0, LPT: 18 })

/**
 * An amount with its unit, as `1.5ETH`, `20 gwei`, `200LPT`, in the smallest part. Exact: nothing is rounded.
 * @throws `LP_AMOUNT_INVALID`: no unit, another one, or more decimals than the unit has
 */
export function parseAmount(text: string, units: Readonly<Record<string, number>>): bigint {
  const [, whole = '', decimals = '', unit = ''] = /^(\d+)(?:\.(\d+))? ?([A-Za-z]+)$/.exec(text.trim()) ?? []
  const places = units[unit.toUpperCase()]
  if (places === undefined) throw amountInvalid(`“${text}” is not an amount`, text, Object.keys(units))
  if (decimals.length > places) {
    throw amountInvalid(`submitted value has more than ${places} decimals`, text, Object.keys(units))
  }
  return BigInt(whole + decimals.padEnd(places, '0'))
}

/** The exact amount with a unit, as short as it goes: `1.5 ETH`. Reads back with `parseAmount` where it is not negative. */
export function formatAmount(value: bigint, unit: string, decimals = 18): string {
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`} ${unit}`
}
