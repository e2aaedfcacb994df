import type { Profile } from '@livepeer-node/sdk'
import { keySigner } from '../../src/index.ts'

export function hex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/** The key 0x00…01, whose signatures wire.md §12.2 lists. */
export const keyOne = keySigner(hex(`${'00'.repeat(31)}01`))

export function profile(changes: Partial<Profile> = {}): Profile {
  return {
    name: 'p',
    width: 256,
    height: 144,
    bitrate: 400_000,
    fps: 30,
    fpsDen: 0,
    gopMs: 0,
    codec: 'h264',
    h264Profile: 'default',
    format: 'mpegts',
    quality: 0,
    ...changes,
  }
}

export const P144 = profile({ name: 'P144p30fps16x9' })
export const P240 = profile({ name: 'P240p30fps16x9', width: 426, height: 240, bitrate: 600_000 })

/** "browns" and zeros: the hash in the reference's TestSegmentFlatten. */
export const BROWNS = hex(`62726f776e73${'00'.repeat(26)}`)

/** A value whose type says it cannot be, as a config or a webhook may hold it. */
export function untyped(value: unknown): never {
  return value as never
}
