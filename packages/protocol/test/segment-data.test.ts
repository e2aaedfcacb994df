import { describe, expect, it } from 'vitest'
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  ethVerifier,
  flattenSegment,
  issueAuthToken,
  jobCapabilitiesMessage,
  keccak256,
  offchainSigner,
  offchainVerifier,
  readDuration,
  readSegmentJob,
  renditionId,
  type SegmentFacts,
  segmentData,
  signSegmentData,
  toHex,
  verifySegmentData,
  writeDuration,
} from '../src/index.ts'
import { BROWNS, hex, keyOne, P144, P240, profile, utf8 } from './support/values.ts'

const FACTS: SegmentFacts = {
  manifestId: utf8('abcdef'),
  seq: 1234n,
  hash: BROWNS,
  durationMs: 2000,
  ladder: [P144, P240],
}

describe('the signed bytes of a segment', () => {
  it('are those of the reference’s TestSegmentFlatten', () => {
    const flat = flattenSegment(segmentData(FACTS), [P144.name, P240.name])
    expect(toHex(flat)).toBe(
      `616263646566${'00'.repeat(30)}04d262726f776e73${'00'.repeat(26)}66636134306266396330613635313761`,
    )
    expect(toHex(keccak256(flat))).toBe('08a398e7e7a5a545b0b07d9e7e1eab52b4131e0df1621bd53ee6e7550a15465b')
  })

  it('hold a negative number’s magnitude, and a short hash filled up before', () => {
    const odd = flattenSegment({ manifestId: utf8('a'), seq: -2n, hash: hex('07') }, [])
    expect(toHex(odd)).toBe(`61${'00'.repeat(31)}02${'00'.repeat(31)}07`)
  })

  it('are signed as wire.md §12.2 lists it', async () => {
    const signed = await signSegmentData(keyOne, segmentData(FACTS))
    expect(toHex(signed.sig)).toBe(
      '6164f6d17b6b513928750b70b28391f80fff00c415a5bf9bdf3b14b232d854807ec2eef9dedf1bcda5ae87c98c2d78ae927c0eadf395c416536705b0f64bd3991b',
    )
  })

  it.each([
    ['a7ac137a', 'P720p60fps16x9'],
    ['49d54ea9', 'P720p30fps16x9'],
    ['e4a64019', 'P720p25fps16x9'],
    ['79332fe7', 'P720p30fps4x3'],
    ['5ecf4b52', 'P576p30fps16x9'],
    ['8b1843d6', 'P576p25fps16x9'],
    ['93c717e7', 'P360p30fps16x9'],
    ['7cd40fc7', 'P360p25fps16x9'],
    ['b60382a0', 'P360p30fps4x3'],
    ['c0a6517a', 'P240p30fps16x9'],
    ['1301a7d0', 'P240p25fps16x9'],
    ['d435c53a', 'P240p30fps4x3'],
    ['fca40bf9', 'P144p30fps16x9'],
    ['03f01d1f', 'P144p25fps16x9'],
  ])('name %s for %s', (id, name) => expect(renditionId(name)).toBe(id))
})

describe('a segment’s signature', () => {
  it('covers id, number, hash and names', async () => {
    const signed = await signSegmentData(keyOne, segmentData(FACTS))
    expect(() => verifySegmentData(ethVerifier, keyOne.address, signed)).not.toThrow()
    const altered = [
      { ...signed, manifestId: utf8('abcdeg') },
      { ...signed, seq: 1235n },
      { ...signed, hash: BROWNS.with(31, 1) },
      { ...signed, fullProfiles: signed.fullProfiles.toReversed() },
      { ...signed, sig: signed.sig.with(0, 0) },
      { ...signed, sig: new Uint8Array() },
    ]
    for (const data of altered) {
      expect(() => verifySegmentData(ethVerifier, keyOne.address, data)).toThrow(
        expect.objectContaining({ code: 'LP_SEGMENT_SIGNATURE', wireText: 'ErrSegSig' }),
      )
    }
  })

  it('does not count for another sender, nor for none', async () => {
    const signed = await signSegmentData(keyOne, segmentData(FACTS))
    for (const sender of [new Uint8Array(), keyOne.address.with(0, 0)]) {
      expect(() => verifySegmentData(ethVerifier, sender, signed)).toThrow(
        expect.objectContaining({ code: 'LP_SEGMENT_SIGNATURE' }),
      )
    }
  })

  it('is over the names that a receiver reads, those of nameless renditions too', async () => {
    const signed = await signSegmentData(keyOne, segmentData({ ...FACTS, ladder: [profile({ name: '' })] }))
    expect(() => verifySegmentData(ethVerifier, keyOne.address, signed)).not.toThrow()
  })

  it('is empty off chain, where any passes', async () => {
    const signed = await signSegmentData(offchainSigner, segmentData(FACTS))
    expect(signed.sig).toEqual(new Uint8Array())
    expect(() => verifySegmentData(offchainVerifier, new Uint8Array(), signed)).not.toThrow()
  })
})

describe('the header of a segment', () => {
  const HEADER =
    'CgZhYmNkZWYQ0gkaIGJyb3ducwAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIgdpbnZhbGlkKkFhZPbRe2tROSh1C3Cyg5H4D/8AxBWlv5vfOxSyMthUgH7C7vne3xvNpa6HyYwteK6SfA6t85XEFlNnBbD2S9OZGzDQDzoGCgKDICoAQhAKA2ZvbxIDYmFyGIDiz6oGigIhggEOUDE0NHAzMGZwczE2eDmIAYACkAGQAZgBgLUYoAEeigIhggEOUDI0MHAzMGZwczE2eDmIAaoDkAHwAZgBwM8koAEe'

  it('is the one of wire.md §12.2, both ways', async () => {
    const authToken = { ...issueAuthToken(utf8(''), 'bar', 1_700_000_000n), token: utf8('foo') }
    const facts = { ...FACTS, capabilities: jobCapabilitiesMessage(4099n), authToken }
    const signed = await signSegmentData(keyOne, segmentData(facts))
    const header = encodeSegmentHeader(signed)
    expect(Buffer.from(header, 'base64')).toHaveLength(222)
    expect(header).toBe(HEADER)
    expect(decodeSegmentHeader(HEADER)).toEqual(signed)
    expect(() => verifySegmentData(ethVerifier, keyOne.address, decodeSegmentHeader(HEADER))).not.toThrow()
    expect(readSegmentJob(decodeSegmentHeader(HEADER))).toEqual({ ladder: [P144, P240], durationMs: 2000 })
  })

  it('is an empty message when it is absent or empty', () => {
    expect(decodeSegmentHeader(undefined)).toEqual(decodeSegmentHeader(''))
    expect(decodeSegmentHeader('').authToken).toBeUndefined()
  })

  it.each(['foo', 'Zm9v=', 'Zm9v\n', 'Zm 9v', 'Zm-_', '='])('%j is refused as no base64', (value) => {
    expect(() => decodeSegmentHeader(value)).toThrow(
      expect.objectContaining({ code: 'LP_HEADER_BASE64', wireText: 'ErrorSegEncoding' }),
    )
  })

  it('of other bytes is refused with the decoder’s text', () => {
    expect(() => decodeSegmentHeader(Buffer.from([0xff, 0xff]).toString('base64'))).toThrow(
      expect.objectContaining({
        code: 'LP_HEADER_UNDECODABLE',
        wireText: 'proto: cannot parse invalid wire-format data',
      }),
    )
  })

  it('for a transcoder has 32 zero bytes as hash, and no signature', () => {
    const data = segmentData({ manifestId: utf8('a'), seq: 0n, durationMs: 0, ladder: [P144] })
    expect(data.hash).toEqual(new Uint8Array(32))
    expect(data.sig).toEqual(new Uint8Array())
    expect(Buffer.from(data.profiles).toString()).toBe('invalid')
  })
})

describe('a segment’s duration', () => {
  it.each([
    [0, 2000],
    [123, 123],
    [300_000, 300_000],
  ])('%i ms is read as %i', (sent, read) => expect(readDuration(sent)).toBe(read))

  it.each([-1, 300_001])('%i ms is refused, read or written', (ms) => {
    const refusal = expect.objectContaining({ code: 'LP_SEGMENT_DURATION', wireText: 'invalid duration', observed: ms })
    expect(() => readDuration(ms)).toThrow(refusal)
    expect(() => writeDuration(ms)).toThrow(refusal)
    expect(() => segmentData({ ...FACTS, durationMs: ms })).toThrow(refusal)
  })

  it('is written in whole ms, cut off', () => {
    expect(writeDuration(1.5 * 1000)).toBe(1500)
    expect(writeDuration(2033.99)).toBe(2033)
    expect(writeDuration(0)).toBe(0)
    expect(() => writeDuration(Number.NaN)).toThrow(expect.objectContaining({ code: 'LP_SEGMENT_DURATION' }))
    expect(() => writeDuration(-0.5)).toThrow(expect.objectContaining({ code: 'LP_SEGMENT_DURATION' }))
  })
})
