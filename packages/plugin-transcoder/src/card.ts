import { decodeTranscoderCard, encodeTranscoderCard, type TranscoderCard } from '@livepeer-node/protocol'
import type { TranscodeDevice } from '@livepeer-node/sdk'

/** Longest text and most devices of a card. */
const MAX_TEXT = 100
const MAX_DEVICES = 32

/** What is known at start, and what may change. */
export interface CardInit extends Omit<TranscoderCard, 'devices'> {
  readonly devices: readonly TranscodeDevice[]
}

/** The header that tells an orchestrator of ours who attaches. Devices that do not fit are left out: the rest matters more. */
export function cardHeader({ devices, ...rest }: CardInit): string {
  const listed = devices.slice(0, MAX_DEVICES).map(({ backend, id, name }) => ({
    backend: backend.slice(0, MAX_TEXT),
    id: id.slice(0, MAX_TEXT),
    name: name.slice(0, MAX_TEXT),
  }))
  const card = { ...rest, name: rest.name.slice(0, MAX_TEXT), version: rest.version.slice(0, MAX_TEXT) }
  const whole = encodeTranscoderCard({ ...card, devices: listed })
  return decodeTranscoderCard(whole) ? whole : encodeTranscoderCard({ ...card, devices: [] })
}
