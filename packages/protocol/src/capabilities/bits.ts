import { capabilityName } from './numbers.ts'

/**
 * Highest capability that a set holds. Far above all that there are; without a bound a peer could make us build numbers
 * of half a gigabyte.
 */
export const MAX_CAPABILITY = 4095
const WORD = 64n
const MAX_WORDS = (MAX_CAPABILITY + 1) / 64
const WORD_MASK = (1n << WORD) - 1n

/** A set of capabilities: bit c = capability c. Negative numbers mean "nothing to set"; they and those over `MAX_CAPABILITY` are left out. */
export function capabilityBits(capabilities: Iterable<number>): bigint {
  let bits = 0n
  for (const capability of capabilities) {
    if (capability >= 0 && capability <= MAX_CAPABILITY) bits |= 1n << BigInt(capability)
  }
  return bits
}

/** The capabilities of a set, ascending. */
export function capabilityNumbers(bits: bigint): number[] {
  const digits = bits.toString(2)
  const numbers: number[] = []
  for (let c = 0; c < digits.length; c++) if (digits.charAt(digits.length - 1 - c) === '1') numbers.push(c)
  return numbers
}

/** A set as the words of a message, lowest first, without trailing zero words (wire.md §5.1). */
export function bitsToWords(bits: bigint): bigint[] {
  const words: bigint[] = []
  for (let rest = bits; rest > 0n; rest >>= WORD) words.push(rest & WORD_MASK)
  return words
}

/** The set in the words of a message; what is over `MAX_CAPABILITY` is left out. Compare words by `wordsWithin`. */
export function wordsToBits(words: readonly bigint[]): bigint {
  return words.slice(0, MAX_WORDS).reduceRight((bits, word) => (bits << WORD) | (word & WORD_MASK), 0n)
}

/** Is every bit of `part` in `whole`? More words than the whole has are never in it, zero or not (wire.md §5.3). */
export function wordsWithin(part: readonly bigint[], whole: readonly bigint[]): boolean {
  return part.length <= whole.length && part.every((word, i) => (word & ~(whole[i] ?? 0n)) === 0n)
}

/** Names of the capabilities in a set, for logs and refusals. */
export function capabilityNames(bits: bigint): string[] {
  return capabilityNumbers(bits).map(capabilityName)
}
