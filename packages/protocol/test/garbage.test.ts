import { isLivepeerError } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import {
  decodeMessage,
  decodePaymentHeader,
  decodeSegmentHeader,
  ethVerifier,
  incompatibility,
  parseAddress,
  readManifestId,
  readSegmentJob,
  SegDataSchema,
  verifySegmentData,
} from '../src/index.ts'
import { recordedMessages } from './support/recorded.ts'

/** A small generator of numbers with a fixed start, so that a failure comes again (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** What was thrown, or `undefined`; anything but an error with a code fails the test. */
function refusalOf(action: () => unknown): string | undefined {
  try {
    action()
    return undefined
  } catch (error) {
    if (!isLivepeerError(error)) throw error
    return error.code
  }
}

/** All that an orchestrator does with a segment's data before it looks at the body. */
function admit(bytes: Uint8Array): void {
  const data = decodeSegmentHeader(Buffer.from(bytes).toString('base64'))
  readSegmentJob(data)
  readManifestId(data.manifestId)
  incompatibility(data.capabilities, data.capabilities)
  verifySegmentData(ethVerifier, new Uint8Array(20), data)
}

const recorded = [...recordedMessages('offchain'), ...recordedMessages('onchain'), ...recordedMessages('profiles')]

describe('decoders', () => {
  it('refuse a message that was cut off, or read what is left of it', () => {
    const codes = new Set<string | undefined>()
    for (const { schema, bytes } of recorded) {
      for (let end = 0; end < bytes.length; end++) {
        codes.add(refusalOf(() => decodeMessage(schema, bytes.subarray(0, end))))
      }
    }
    expect(codes).toEqual(new Set([undefined, 'LP_MESSAGE_UNDECODABLE']))
  })

  it('refuse altered messages with a code, and nothing else happens', () => {
    const random = numbers(1)
    const codes = new Map<string | undefined, number>()
    for (const { schema, bytes } of recorded.filter(({ type }) => type === 'SegData')) {
      for (let round = 0; round < 300; round++) {
        const altered = bytes.slice()
        for (let i = 0; i < 3; i++) altered[Math.floor(random() * altered.length)] = Math.floor(random() * 256)
        refusalOf(() => decodeMessage(schema, altered))
        const code = refusalOf(() => admit(altered))
        codes.set(code, (codes.get(code) ?? 0) + 1)
      }
    }
    expect(codes.get(undefined)).toBeUndefined()
    expect(codes.get('LP_HEADER_UNDECODABLE')).toBeGreaterThan(100)
    expect(codes.get('LP_SEGMENT_SIGNATURE')).toBeGreaterThan(100)
  })

  it('refuse random bytes and random text with a code', () => {
    const random = numbers(2)
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: Math.floor(random() * 64) }, () => Math.floor(random() * 256))
      expect(refusalOf(() => admit(bytes))).toMatch(/^LP_/)
      const text = Buffer.from(bytes).toString('latin1')
      refusalOf(() => decodePaymentHeader(text))
      refusalOf(() => decodeSegmentHeader(text))
      refusalOf(() => parseAddress(text))
    }
  })

  it('refuse a length that is not there, and nesting without end', () => {
    const tooLong = new Uint8Array([0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 1, 2, 3])
    expect(refusalOf(() => decodeMessage(SegDataSchema, tooLong))).toBe('LP_MESSAGE_UNDECODABLE')
    const groups = new Uint8Array(1_000_000).fill(0x0b)
    expect(refusalOf(() => decodeMessage(SegDataSchema, groups))).toBe('LP_MESSAGE_UNDECODABLE')
  })

  it('take a header of 100 kB that is no base64 without delay', () => {
    expect(refusalOf(() => decodePaymentHeader(`${'A'.repeat(100_001)}!`))).toBe('LP_HEADER_BASE64')
  })
})
