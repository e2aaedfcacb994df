import { aProfile } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { Cards, loadOf } from '../src/cards.ts'

describe('loadOf (media.md §6.10, §12)', () => {
  it('counts passthrough as 30 fps and cuts fractions', () => {
    const size = { width: 256, height: 144 }
    const ladder = [
      aProfile({ ...size, fps: 1 }),
      aProfile({ ...size, fps: 0 }),
      aProfile({ ...size, fps: 30_000, fpsDen: 1001 }),
    ]
    expect(loadOf(ladder)).toBe(2_211_840)
  })
})

describe('Cards', () => {
  it('takes the least loaded card', () => {
    const cards = new Cards([0, 2], 10)
    const taken = [cards.take(100), cards.take(30), cards.take(30), cards.take(30)].map((place) => place?.card)
    expect(taken).toEqual([0, 2, 2, 2])
  })

  it('goes round among equals', () => {
    const cards = new Cards([0, 1, 2], 10)
    const taken = [cards.take(0), cards.take(0), cards.take(0), cards.take(0)].map((place) => place?.card)
    expect(taken).toEqual([0, 1, 2, 0])
  })

  it('has no more room than its sessions, and gives a place back once', () => {
    const cards = new Cards([0], 2)
    const first = cards.take(10)
    cards.take(10)
    expect([cards.hasRoom, cards.take(10), cards.slots]).toEqual([false, undefined, 2])
    first?.release()
    first?.release()
    expect(cards.view).toEqual([{ card: 0, sessions: 1, load: 10 }])
  })
})
