import { describe, expect, it } from 'vitest'
import { decodeTranscoderCard, encodeTranscoderCard, type TranscoderCard } from '../src/index.ts'

const CARD: TranscoderCard = {
  id: '3f0c1d52-6a6f-4a7e-9a51-0f4f3ef6a001',
  name: 'gpu-berlin-1',
  version: '0.1.0',
  devices: [{ backend: 'nvenc', id: '0', name: 'NVIDIA T4' }],
  pixelsPerMs: 91_000.5,
}

describe('transcoder card', () => {
  it('comes back as it was', () => {
    expect(decodeTranscoderCard(encodeTranscoderCard(CARD))).toEqual(CARD)
    const { pixelsPerMs: _, ...unmeasured } = CARD
    expect(decodeTranscoderCard(encodeTranscoderCard(unmeasured))).toEqual(unmeasured)
  })

  it('fits a header', () => {
    expect(encodeTranscoderCard({ ...CARD, name: 'Größe 🎬' })).toMatch(/^[\w-]+$/)
  })

  it.each([
    ['nothing', undefined],
    ['empty', ''],
    ['no base64 of JSON', 'hello'],
    ['another kind of JSON', Buffer.from('[1]').toString('base64url')],
    ['an id that is none', encodeTranscoderCard({ ...CARD, id: '7' })],
    ['a name without end', encodeTranscoderCard({ ...CARD, name: 'x'.repeat(101) })],
    ['a name that steers a terminal', encodeTranscoderCard({ ...CARD, name: 'a\u001b[2J' })],
    ['a version over two lines', encodeTranscoderCard({ ...CARD, version: '1\n2' })],
    [
      'a device that reads backwards',
      encodeTranscoderCard({ ...CARD, devices: [{ backend: 'a', id: '1', name: '\u202eb' }] }),
    ],
    ['a speed below zero', encodeTranscoderCard({ ...CARD, pixelsPerMs: -1 })],
    ['too long', 'A'.repeat(5000)],
  ])('reads no card from %s', (_, header) => {
    expect(decodeTranscoderCard(header)).toBeUndefined()
  })
})
