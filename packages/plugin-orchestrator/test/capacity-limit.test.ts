import { describe, expect, it } from 'vitest'
import { whyNotMore } from '../src/capacity-limit.ts'

const slow = { name: 'berlin-1', capacity: 2, ratioP95: 1.3, resting: [] }

describe('why an orchestrator takes no more', () => {
  it('is the number that was set, and whether the transcoders have more room', () => {
    expect(whyNotMore(3, { capacity: 8, bottleneck: slow })).toEqual({
      message: 'maxSessions is 3.',
      remedy: expect.stringContaining('the transcoders take 8'),
    })
    expect(whyNotMore(3, { capacity: 2, bottleneck: slow }).remedy).toMatch(/^Attach another transcoder and raise/)
  })

  it('is that there is no transcoder, or the slowest of them', () => {
    expect(whyNotMore('auto', { capacity: 0, bottleneck: undefined }).remedy).toBe('Attach a transcoder.')
    expect(whyNotMore('auto', { capacity: 2, bottleneck: slow }).message).toContain(
      'berlin-1 takes 2 sessions and needs 1.30',
    )
    expect(whyNotMore('auto', { capacity: 2, bottleneck: { ...slow, ratioP95: 0.2 } }).message).toBe(
      'the transcoders take 2 together.',
    )
  })

  it('is that transcoders get no new session, and names the first of them', () => {
    const resting = ['a is late', 'b is draining', 'c is suspended', 'd is late']
    expect(whyNotMore('auto', { capacity: 1, bottleneck: { ...slow, resting } })).toEqual({
      message: 'the transcoders take 1 together; a is late, b is draining, c is suspended and 1 more rest.',
      remedy: expect.stringContaining('livepeer transcoders'),
    })
  })
})
