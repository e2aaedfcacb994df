import { decodeTranscoderCard } from '@livepeer-node/protocol'
import type { TranscodeDevice } from '@livepeer-node/sdk'
import { expect, test } from 'vitest'
import { cardHeader } from '../src/card.ts'

const ID = 'b3c7fd9e-9a57-4e6b-8f0b-0f5a8f8b6a11'
const device = (name: string): TranscodeDevice => ({
  backend: 'nvenc',
  id: '0',
  name,
  state: 'ok',
  sessions: 1,
  slots: 8,
  utilisation: 0.5,
})

test('what does not change is in it', () => {
  const header = cardHeader({ id: ID, name: 'rig', version: '1.2.3', devices: [device('NVIDIA T4')], pixelsPerMs: 5 })
  expect(decodeTranscoderCard(header)).toEqual({
    id: ID,
    name: 'rig',
    version: '1.2.3',
    pixelsPerMs: 5,
    devices: [{ backend: 'nvenc', id: '0', name: 'NVIDIA T4' }],
  })
})

test('one that does not fit is sent without its devices, and long texts are cut', () => {
  const devices = Array.from({ length: 40 }, () => device('x'.repeat(200)))
  const card = decodeTranscoderCard(cardHeader({ id: ID, name: 'n'.repeat(200), version: '1.2.3', devices }))
  expect(card).toMatchObject({ name: 'n'.repeat(100), devices: [] })
  const few = decodeTranscoderCard(cardHeader({ id: ID, name: 'n', version: '1', devices: devices.slice(0, 2) }))
  expect(few?.devices[1]?.name).toBe('x'.repeat(100))
})
