import { expect, it } from 'vitest'
import { PacketMemory } from '../src/packet-memory.ts'

it('gives copies that later copies leave alone, small and large', () => {
  const memory = new PacketMemory()
  const source = Buffer.alloc(300_000)
  const sizes = [1, 100_000, 200_000, 300_000, 0, 60_000, 5]
  const copies = sizes.map((size, i) => memory.copy(source.subarray(0, size).fill(i + 1)))
  source.fill(0)
  for (const [i, copy] of copies.entries()) expect(copy.equals(Buffer.alloc(sizes[i]!, i + 1))).toBe(true)
})

it('puts small copies into the same buffer', () => {
  const memory = new PacketMemory()
  expect(memory.copy(Buffer.alloc(10)).buffer).toBe(memory.copy(Buffer.alloc(10)).buffer)
})
