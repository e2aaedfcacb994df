import { capabilityName } from './numbers.ts'

const WORD = 64n
const WORD_MASK = (1n << WORD) - 1n

/** A set of capabilities: bit c = capability c. Negative numbers mean "nothing to set" and are skipped. */
export function capabilityBits(capabilities: Iterable<number>): bigint {
  let bits = 0n
  for (const capability of capabilities) if (capability >= 0) bits |= 1n << BigInt(capability)
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

/** The set in the words of a message. */
export function wordsToBits(words: readonly bigint[]): bigint {
  return words.reduceRight((bits, word) => (bits << WORD) | (word & WORD_MASK), 0n)
}

/** Is every bit of `part` in `whole`? More words than the whole has are never in it, zero or not (wire.md §5.3). */
export function wordsWithin(part: readonly bigint[], whole: readonly bigint[]): boolean {
  return part.length <= whole.length && part.every((word, i) => (word & ~(whole[i] ?? 0n)) === 0n)
}

/** Names of the capabilities in a set, for logs and refusals. */
export function capabilityNames(bits: bigint): string[] {
  return capabilityNumbers(bits).map(capabilityName)
}
