import { describe, expect, it } from 'vitest'
import { RecycleRule } from '../../src/transcode/recycle.ts'

const MIB = 1024 * 1024

function settled(mib: number): RecycleRule {
  const rule = new RecycleRule()
  for (let segment = 1; segment <= 20; segment++) rule.due(mib * MIB)
  return rule
}

describe('RecycleRule', () => {
  it('keeps a worker whose memory stays', () => {
    const rule = settled(400)
    expect(rule.due((400 * 1.5 + 256) * MIB)).toBeUndefined()
  })

  it('replaces a worker that grew past 1.5 times its settled size and 256 MiB', () => {
    expect(settled(400).due((400 * 1.5 + 257) * MIB)).toBe('memory grew from 400 MiB to 857 MiB')
  })

  it('does not judge memory before it has settled', () => {
    const rule = new RecycleRule()
    rule.due(1)
    expect(rule.due(10_000 * MIB)).toBeUndefined()
  })

  it('replaces a worker after 5000 segments', () => {
    const rule = new RecycleRule()
    const due = Array.from({ length: 5000 }, () => rule.due(MIB)).findIndex((why) => why !== undefined)
    expect(due).toBe(4999)
  })
})
