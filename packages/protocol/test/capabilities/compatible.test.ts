import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  type Capabilities,
  CapabilitiesSchema,
  bitsToWords,
  capabilityBits,
  incompatibility,
  jobCapabilitiesMessage,
  transcoderIncompatibility,
} from '../../src/index.ts'

interface Rest {
  version?: string
  mandatories?: bigint[]
  constraints?: {
    PerCapability: Record<number, { models: Record<string, { warm?: boolean; runnerVersion?: string }> }>
  }
}

function having(capabilities: number[], rest: Rest = {}): Capabilities {
  return create(CapabilitiesSchema, { ...rest, bitstring: bitsToWords(capabilityBits(capabilities)) })
}

function mandatory(...capabilities: number[]): Rest {
  return { mandatories: bitsToWords(capabilityBits(capabilities)) }
}

describe('a job and a peer', () => {
  it.each([
    [having([]), having([]), undefined],
    [having([1]), having([]), 'capability'],
    [having([]), having([1]), undefined],
    [having([1]), having([1, 2]), undefined],
    [having([1]), having([1, 2, 3], mandatory(3)), 'mandatory'],
    [having([3]), having([1, 2, 3], mandatory(3)), undefined],
    [having([1, 3]), having([1, 2, 3], mandatory(3)), undefined],
    [having([60]), having([1]), 'capability'],
    [having([70]), having([1]), 'capability'],
  ])('case %#', (job, peer, rule) => expect(incompatibility(job, peer)?.rule).toBe(rule))

  it('tells what is lacking by name', () => {
    expect(incompatibility(having([0, 12, 26, 60]), having([0, 12]))?.detail).toBe(
      'lacks SegmentSlicing, capability 60',
    )
  })

  it('counts words even when the surplus ones are zero', () => {
    const job = create(CapabilitiesSchema, { bitstring: [1n, 0n] })
    expect(incompatibility(job, having([0]))).toEqual({ rule: 'capability', detail: '2 words asked of 1' })
  })

  it('names some of very many', () => {
    const all = create(CapabilitiesSchema, { bitstring: Array.from({ length: 20_000 }, () => (1n << 64n) - 1n) })
    const detail = incompatibility(all, having([0]))?.detail
    expect(detail).toMatch(/^lacks MPEGTS, .* and 4087 more$/)
    expect(detail?.length).toBeLessThan(250)
  })

  it('without a job set nothing is asked, unless the peer insists', () => {
    expect(incompatibility(undefined, having([1]))).toBeUndefined()
    expect(incompatibility(undefined, having([1], mandatory(1)))?.rule).toBe('mandatory')
  })

  it('a peer without a set has the legacy list', () => {
    expect(incompatibility(having([0, 11]), undefined)).toBeUndefined()
    expect(incompatibility(having([0, 12]), undefined)?.detail).toBe('lacks AuthToken')
  })

  it.each([
    ['0.4.1', '0.4.1', true],
    ['0.4.0', '0.4.1', true],
    ['0.4.2', '0.4.1', false],
    ['0.4.1', '0.4.1-b3278dce-dirty', true],
    ['0.4.2', '0.4.1-b3278dce-dirty', false],
    ['', '0.4.1', true],
    ['', '', true],
    ['0.4.0', '', false],
    ['0.4.0', 'undefined', false],
    ['nonparsablesemversion', '0.4.1', true],
    ['0.4.1', 'nonparsablesemversion', false],
    ['0.4', 'v0.10', true],
    ['0.10.0', '0.9.1', false],
    ['0.9.1', '0.9.1-012', false],
    ['0.9.1', '0.9.1-012a', true],
    ['0.9.1-rc1', '0.9.1-rc0', true],
  ])('minimum %j, peer %j: %s', (minVersion, version, compatible) => {
    const job = jobCapabilitiesMessage(1n, minVersion)
    const peer = having([0], { version })
    expect(incompatibility(job, peer) === undefined).toBe(compatible)
    expect(transcoderIncompatibility(job, peer) === undefined).toBe(compatible)
  })

  it('an orchestrator picks a transcoder by bits and version alone', () => {
    const insisting = having([1], mandatory(5))
    expect(transcoderIncompatibility(having([1]), insisting)).toBeUndefined()
    expect(transcoderIncompatibility(having([1, 2]), insisting)?.rule).toBe('capability')
    expect(transcoderIncompatibility(undefined, insisting)).toBeUndefined()
  })
})

function modelJob(models: Record<string, { warm?: boolean; runnerVersion?: string }>): Capabilities {
  return having([27], { constraints: { PerCapability: { 27: { models } } } })
}

describe('models of AI capabilities', () => {
  const warm = { warm: true, runnerVersion: '0.2.0' }

  it('must be there, as warm and as new as asked, where both sides name some', () => {
    expect(incompatibility(modelJob({ a: warm }), modelJob({ a: warm, b: {} }))).toBeUndefined()
    expect(incompatibility(modelJob({ a: {} }), modelJob({ a: warm }))).toBeUndefined()
    expect(incompatibility(modelJob({ a: {} }), modelJob({ b: {} }))?.rule).toBe('model')
    expect(incompatibility(modelJob({ a: { warm: true } }), modelJob({ a: {} }))?.rule).toBe('model')
    expect(incompatibility(modelJob({ a: warm }), modelJob({ a: { warm: true, runnerVersion: '0.1.9' } }))?.rule).toBe(
      'model',
    )
    expect(incompatibility(modelJob({ a: warm }), having([27]))).toBeUndefined()
  })
})
