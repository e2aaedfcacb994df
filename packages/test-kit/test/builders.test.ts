import { describe, expect, it } from 'vitest'
import {
  aLadder,
  aProfile,
  aPublishedSegment,
  aSegment,
  aTranscodeResult,
  aVerifyRequest,
  someBytes,
} from '../src/index.ts'

describe('builders', () => {
  it('change what a test says and nothing else', () => {
    expect(aProfile({ name: '720p' })).toEqual({ ...aProfile(), name: '720p' })
    expect(aSegment({ seq: 7 })).toEqual({ ...aSegment(), seq: 7 })
  })

  it('make values that fit each other', () => {
    const names = aLadder().map(({ name }) => name)
    expect(aTranscodeResult().renditions.map(({ name }) => name)).toEqual(names)
    expect(aPublishedSegment().renditions.map(({ name }) => name)).toEqual(['source', ...names])
    expect(aVerifyRequest().renditions.map(({ pixels }) => pixels)).toEqual(
      aTranscodeResult().renditions.map(({ pixels }) => pixels),
    )
  })

  it('give each value bytes of its own', () => {
    expect(aSegment().bytes).not.toBe(aSegment().bytes)
    expect(someBytes(3).filter((byte) => byte === 0x47)).toHaveLength(3)
  })
})
