import { randomBytes } from 'node:crypto'
import { createKeccak } from 'hash-wasm'
import { expect, it } from 'vitest'
import { keccak256, toHex } from '../src/index.ts'

const BLOCK = 136
const AT_ONCE = 480 * BLOCK

const reference = await createKeccak(256)
const lengths = [
  ...Array.from({ length: 2 * BLOCK + 2 }, (_, i) => i),
  AT_ONCE - 1,
  AT_ONCE,
  AT_ONCE + 1,
  AT_ONCE + BLOCK,
  2 * AT_ONCE,
  640_000,
]

it('gives the digests of another implementation, whatever the length', () => {
  for (const length of lengths) {
    const data = randomBytes(length)
    expect(toHex(keccak256(data)), `${length} bytes`).toBe(reference.init().update(data).digest('hex'))
  }
})

it('leaves its input alone', () => {
  const data = randomBytes(1000)
  const before = data.toString('hex')
  keccak256(data)
  expect(data.toString('hex')).toBe(before)
})
