import { describe, expect, it } from 'vitest'
import {
  bitsToWords,
  capabilityBits,
  capabilityName,
  capabilityNames,
  capabilityNumbers,
  DEFAULT_CAPABILITIES,
  LEGACY_CAPABILITIES,
  MAX_CAPABILITY,
  OPTIONAL_CAPABILITIES,
  REFERENCE_SOFTWARE_CAPABILITIES,
  wordsToBits,
  wordsWithin,
} from '../../src/index.ts'

describe('capability words', () => {
  it.each([
    [[-10, -1, 0, 1, 2, 3, 4, 5], [63n]],
    [
      [193, 192],
      [0n, 0n, 0n, 3n],
    ],
    [
      [193, 54, 192, 79],
      [1n << 54n, 1n << 15n, 0n, 3n],
    ],
    [[], []],
    [[63], [1n << 63n]],
  ])('of %j', (capabilities, words) => {
    expect(bitsToWords(capabilityBits(capabilities))).toEqual(words)
    expect(wordsToBits(words)).toBe(capabilityBits(capabilities))
  })

  it('give their numbers back, ascending', () => {
    expect(capabilityNumbers(capabilityBits([193, 54, 192, 79, -1]))).toEqual([54, 79, 192, 193])
    expect(capabilityNumbers(0n)).toEqual([])
  })

  it('hold no number that would make them huge', () => {
    expect(capabilityBits([MAX_CAPABILITY, MAX_CAPABILITY + 1, 2 ** 32 - 1])).toBe(1n << 4095n)
    expect(wordsToBits(Array.from({ length: 100_000 }, () => 1n))).toBeLessThan(1n << 4096n)
  })

  it('end without zero words, whatever came', () => {
    expect(bitsToWords(wordsToBits([3n, 0n, 0n]))).toEqual([3n])
  })

  it('are within others bit by bit, and never with more words', () => {
    expect(wordsWithin([15n], [15n])).toBe(true)
    expect(wordsWithin([1n], [3n])).toBe(true)
    expect(wordsWithin([3n], [1n])).toBe(false)
    expect(wordsWithin([], [1n])).toBe(true)
    expect(wordsWithin([1n, 0n], [1n])).toBe(false)
    expect(wordsWithin([1n], [1n, 0n])).toBe(true)
    expect(wordsWithin([0n, 2n], [0n, 1n])).toBe(false)
  })
})

describe('lists', () => {
  it.each([
    ['default', DEFAULT_CAPABILITIES, 67_133_439n],
    ['legacy', LEGACY_CAPABILITIES, 4095n],
    ['software transcoder', REFERENCE_SOFTWARE_CAPABILITIES, 94_487_339_007n],
  ])('%s', (_name, list, word) => expect(bitsToWords(capabilityBits(list))).toEqual([word]))

  it('optional ones are none of the default', () => {
    expect(OPTIONAL_CAPABILITIES.filter((capability) => DEFAULT_CAPABILITIES.includes(capability))).toEqual([])
  })
})

describe('names', () => {
  it('are those of the numbers', () => {
    expect(capabilityName(12)).toBe('AuthToken')
    expect(capabilityName(60)).toBe('capability 60')
    expect(capabilityNames(capabilityBits([0, 25, 37]))).toEqual(['H264', 'H264_Decode_420_10bit', 'BYOC'])
  })
})
