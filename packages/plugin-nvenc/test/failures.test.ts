import { describe, expect, it } from 'vitest'
import { knownFailure } from '../src/failures.ts'
import { engineError, LINES } from './support.ts'

describe('knownFailure', () => {
  it.each<[string, readonly string[], string, string, boolean]>([
    [
      'no driver',
      [LINES.noDriver, '[CUDA @ 0x2] Could not dynamically load CUDA'],
      'LP_NVENC_DRIVER_MISSING',
      'environment',
      true,
    ],
    [
      'no encode library',
      ['[h264_nvenc @ 0x1] Cannot load libnvidia-encode.so.1'],
      'LP_NVENC_LIBRARY_MISSING',
      'environment',
      true,
    ],
    [
      'an old driver',
      [
        '[h264_nvenc @ 0x1] Driver does not support the required nvenc API version. Required: 13.0 Found: 12.1',
        '[h264_nvenc @ 0x1] The minimum required Nvidia driver for nvenc is 570.0 or newer',
      ],
      'LP_NVENC_DRIVER_OLD',
      'environment',
      true,
    ],
    [
      'a driver updated under a running system',
      [
        '[AVHWDeviceContext @ 0x1] cu->cuInit(0) failed -> CUDA_ERROR_SYSTEM_DRIVER_MISMATCH: system has unsupported display driver / cuda driver combination',
      ],
      'LP_NVENC_DRIVER_MISMATCH',
      'environment',
      true,
    ],
    ['a number without a card', [LINES.noCard], 'LP_NVENC_NO_CARD', 'environment', true],
    [
      'no encoder left, of an older driver',
      [LINES.limit, '[h264_nvenc @ 0x1] No capable devices found'],
      'LP_NVENC_SESSION_LIMIT',
      'limit',
      false,
    ],
    [
      'no encoder left, of a newer driver',
      ['[h264_nvenc @ 0x7f11aa] OpenEncodeSessionEx failed: incompatible client key (21): (no details)'],
      'LP_NVENC_SESSION_LIMIT',
      'limit',
      false,
    ],
    ['no memory for an encoder', [LINES.memory], 'LP_NVENC_MEMORY', 'limit', false],
    [
      'no memory for a decoder',
      [
        '[h264 @ 0x1] decoder->cvdl->cuvidCreateDecoder(&decoder->decoder, params) failed -> CUDA_ERROR_OUT_OF_MEMORY: out of memory',
      ],
      'LP_NVENC_MEMORY',
      'limit',
      false,
    ],
    [
      'a card for computing',
      [
        '[h264_nvenc @ 0x1] OpenEncodeSessionEx failed: unsupported device (2): (no details)',
        '[h264_nvenc @ 0x1] No capable devices found',
      ],
      'LP_NVENC_UNSUPPORTED',
      'environment',
      true,
    ],
    ['a card that is gone', [LINES.lost], 'LP_NVENC_CARD_LOST', 'environment', false],
    [
      'a decoder that the card does not run any more',
      [
        '[h264_cuvid @ 0x7f0aedc61a80] ctx->cvdl->cuvidDecodePicture(ctx->cudecoder, picparams) failed -> CUDA_ERROR_INVALID_HANDLE: invalid resource handle',
      ],
      'LP_NVENC_CARD_LOST',
      'environment',
      false,
    ],
  ])('knows %s', (_, lines, code, kind, lasting) => {
    const failure = knownFailure(2, engineError(...lines))
    expect(failure).toMatchObject({ lasting, error: { code, kind, observed: { card: 2 }, remedy: expect.any(String) } })
    const said = lines[0]?.replace(/^\[[^\]]*\] /, '')
    expect(failure?.error.message).toMatch(/^NVIDIA card 2 /)
    expect(failure?.error.message).toContain(said)
  })

  it('shows both lines of an old driver: what it has, and which one would do', () => {
    const failure = knownFailure(
      0,
      engineError(
        'Driver does not support the required nvenc API version. Required: 13.0 Found: 12.1',
        'The minimum required Nvidia driver for nvenc is 570.0 or newer',
      ),
    )
    expect(failure?.error.message).toMatch(/Found: 12\.1; .*570\.0 or newer/)
  })

  it.each([engineError('[h264 @ 0x1] error while decoding MB 3 4'), engineError(), new Error('CUDA_ERROR_UNKNOWN')])(
    'does not blame the card for %s',
    (error) => {
      expect(knownFailure(0, error)).toBeUndefined()
    },
  )
})
