import { badNumber } from './errors.ts'

/** A flag's whole number from 1 up. */
export function count(flag: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 1) throw badNumber(flag, text, 'a number from 1 up')
  return value
}

/** A flag's number above 0. */
export function share(flag: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw badNumber(flag, text, 'a number above 0')
  return value
}
