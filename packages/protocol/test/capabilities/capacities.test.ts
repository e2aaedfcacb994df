import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { bitsToWords, CapabilitiesSchema, CapacityTally, capacitiesOf, nodeCapabilities } from '../../src/index.ts'

describe('capacities', () => {
  it('are summed up on attach and taken away on detach', () => {
    const tally = new CapacityTally([128, 2, 3])
    const attached = new Map([
      [2, 2],
      [3, 1],
      [5, 2],
    ])
    tally.add(attached)
    expect(Object.fromEntries(tally.capacities)).toEqual({ 2: 3, 3: 2, 5: 2, 128: 1 })
    expect(tally.bits & (1n << 5n)).not.toBe(0n)
    tally.remove(attached)
    expect(Object.fromEntries(tally.capacities)).toEqual({ 2: 1, 3: 1, 128: 1 })
    expect(tally.bits & (1n << 5n)).toBe(0n)
    tally.remove(attached)
    expect(Object.fromEntries(tally.capacities)).toEqual({ 128: 1 })
    expect(bitsToWords(tally.bits)).toEqual([0n, 0n, 1n])
  })

  it('start from given ones without changing them', () => {
    const own = new Map([[4, 7]])
    const tally = new CapacityTally(own)
    tally.remove(new Map([[4, 2]]))
    expect(tally.capacities.get(4)).toBe(5)
    expect(own.get(4)).toBe(7)
  })

  it('of a message are its map, or 1 for each bit where it has none', () => {
    const told = create(CapabilitiesSchema, { bitstring: [3n], capacities: { 0: 4 } })
    expect(capacitiesOf(told)).toEqual(new Map([[0, 4]]))
    const untold = create(CapabilitiesSchema, { bitstring: [3n] })
    expect(capacitiesOf(untold)).toEqual(
      new Map([
        [0, 1],
        [1, 1],
      ]),
    )
  })

  it('of a message leave out numbers that cannot be', () => {
    const told = create(CapabilitiesSchema, { capacities: { 1: 2, 4_294_967_295: 1 } })
    expect(capacitiesOf(told)).toEqual(new Map([[1, 2]]))
  })

  it('of a node are 1 each', () => {
    const message = nodeCapabilities({ capabilities: [0, 70], version: '0.9.1', minVersion: '0.9.0' })
    expect(message).toMatchObject({
      bitstring: [1n, 64n],
      capacities: { 0: 1, 70: 1 },
      version: '0.9.1',
      constraints: { minVersion: '0.9.0' },
    })
  })
})
