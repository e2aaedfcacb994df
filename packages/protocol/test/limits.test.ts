import { describe, expect, it } from 'vitest'
import { isGrpcRequest, remoteTranscodeMs, segmentCallMs, segmentHeadersMs } from '../src/index.ts'

describe('waits that follow the segment’s length', () => {
  it.each([
    [0, 8000, 2000, 8000],
    [2000, 8000, 2000, 8000],
    [4000, 16_000, 2000, 16_000],
    [10_000, 40_000, 5000, 40_000],
  ])('of %i ms', (durationMs, call, headers, remote) => {
    expect(segmentCallMs(durationMs)).toBe(call)
    expect(segmentHeadersMs(durationMs)).toBe(headers)
    expect(remoteTranscodeMs(durationMs)).toBe(remote)
  })

  it('are stretched by the operator’s factor', () => {
    expect(segmentCallMs(2000, 3)).toBe(24_000)
    expect(segmentHeadersMs(2000, 3)).toBe(6000)
  })
})

describe('one port for both', () => {
  it('takes HTTP/2 with gRPC’s content type as gRPC, all else as HTTP', () => {
    expect(isGrpcRequest(2, 'application/grpc')).toBe(true)
    expect(isGrpcRequest(2, 'application/grpc+proto')).toBe(true)
    expect(isGrpcRequest(1, 'application/grpc')).toBe(false)
    expect(isGrpcRequest(2, 'video/MP2T')).toBe(false)
    expect(isGrpcRequest(2, undefined)).toBe(false)
  })
})
