import { LivepeerError } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { reason, sessionLimitLine } from '../src/log-lines.ts'

function failed(code: string, lines: readonly string[]): LivepeerError {
  const cause = lines.length > 0 ? new Error(lines.join('\n')) : undefined
  return new LivepeerError({ code, kind: 'environment', message: 'opening h264_nvenc: Cannot allocate memory', cause })
}

describe('sessionLimitLine', () => {
  it.each([
    '[h264_nvenc @ 0x55d0c8a1e300] OpenEncodeSessionEx failed: out of memory (10): (no details)',
    '[h264_nvenc @ 0x7f11aa] OpenEncodeSessionEx failed: incompatible client key (21): (no details)',
  ])('knows the driver’s limit: %s', (line) => {
    const error = failed('LP_ENCODER_OPEN', ['[h264_nvenc @ 0x1] something before', line])
    expect(sessionLimitLine(error)).toBe(line.replace(/^\[[^\]]*\] /, ''))
  })

  it.each([
    [
      'another failure of the call',
      'LP_ENCODER_OPEN',
      '[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: unsupported device (2)',
    ],
    ['the number in another line', 'LP_ENCODER_OPEN', '[h264_nvenc @ 0x1] No capable devices found (10)'],
    ['another call', 'LP_CUDA_UNAVAILABLE', '[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: out of memory (10)'],
  ])('is not %s', (_, code, line) => {
    expect(sessionLimitLine(failed(code, [line]))).toBeUndefined()
  })

  it('is nothing without a log, or for another kind of error', () => {
    expect(sessionLimitLine(failed('LP_ENCODER_OPEN', []))).toBeUndefined()
    expect(sessionLimitLine(new Error('OpenEncodeSessionEx failed: out of memory (10)'))).toBeUndefined()
  })
})

describe('reason', () => {
  it('is what FFmpeg said first', () => {
    const lines = [
      '[AVHWDeviceContext @ 0x38211c80] Cannot load libcuda.so.1',
      '[CUDA @ 0x2] Could not dynamically load CUDA',
    ]
    expect(reason(failed('LP_CUDA_UNAVAILABLE', lines))).toBe('Cannot load libcuda.so.1')
  })

  it('is the error’s own text where FFmpeg said nothing', () => {
    expect(reason(failed('LP_CUDA_UNAVAILABLE', []))).toBe('opening h264_nvenc: Cannot allocate memory')
  })
})
