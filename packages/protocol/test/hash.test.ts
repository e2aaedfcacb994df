import { describe, expect, it } from 'vitest'
import {
  addressText,
  ethSignDigest,
  fitBytes,
  fromBytesBE,
  keccak256,
  toAddress,
  toBytesBE,
  toHash,
  toHex,
  toUint256,
} from '../src/index.ts'
import { hex, keyOne, utf8 } from './support/values.ts'

describe('Keccak-256', () => {
  it('of nothing', () => {
    expect(toHex(keccak256(''))).toBe('c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470')
    expect(keccak256(new Uint8Array())).toEqual(keccak256(''))
  })

  it('takes text as UTF-8, and parts of buffers', () => {
    expect(keccak256('é')).toEqual(keccak256(utf8('é')))
    const whole = utf8('xfoox')
    expect(keccak256(whole.subarray(1, 4))).toEqual(keccak256('foo'))
  })

  it('gives results that later calls do not change', () => {
    const first = keccak256('foo')
    const copy = first.slice()
    keccak256('bar')
    expect(first).toEqual(copy)
  })

  it('of an address’s text', () => {
    expect(addressText(keyOne.address)).toBe('0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf')
    const digest = '4d5a49db91080e655190d37cddc99ea26046572ad0796bb34bdaba86f6b74672'
    expect(toHex(keccak256(addressText(keyOne.address)))).toBe(digest)
    expect(toHex(ethSignDigest(hex(digest)))).toBe('58656fe8bd0c2b186542f829f6c5de387b108a917b38013f297aa26ca32b18b1')
  })

  it('signs hashes only', () => expect(() => ethSignDigest(new Uint8Array(31))).toThrow(RangeError))

  it.each([
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
    '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
    '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
  ])('checksum of %s (EIP-55)', (text) => expect(addressText(hex(text.slice(2)))).toBe(text))
})

describe('bytes', () => {
  it('are fitted to their last ones, or filled up before', () => {
    expect(toHex(fitBytes(hex('010203'), 2))).toBe('0203')
    expect(toHex(fitBytes(hex('01'), 3))).toBe('000001')
    expect(toAddress(new Uint8Array(25).fill(7))).toEqual(new Uint8Array(20).fill(7))
    expect(toHash(new Uint8Array())).toEqual(new Uint8Array(32))
  })

  it.each([
    [0n, ''],
    [1n, '01'],
    [255n, 'ff'],
    [256n, '0100'],
    [1_700_000_000n, '6553f100'],
    [-5n, '05'],
  ])('of %s are the fewest', (value, expected) => {
    expect(toHex(toBytesBE(value))).toBe(expected)
    expect(fromBytesBE(toBytesBE(value))).toBe(value < 0n ? -value : value)
  })

  it('of numbers in hashes are 32', () => {
    expect(toHex(toUint256(1234n))).toBe(`${'00'.repeat(30)}04d2`)
    expect(toHex(toUint256(-1234n))).toBe(`${'00'.repeat(30)}04d2`)
    expect(fromBytesBE(hex('0000ff'))).toBe(255n)
  })
})
