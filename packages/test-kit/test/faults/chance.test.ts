import { expect, it } from 'vitest'
import { Chance } from '../../src/faults/chance.ts'

const draw = (seed: number) => {
  const chance = new Chance(seed)
  return Array.from({ length: 300 }, () => chance.one(['a', 'b', 'c']))
}

it('chooses the same for the same seed, otherwise for another, and leaves nothing out', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
  expect(new Set(draw(7))).toEqual(new Set(['a', 'b', 'c']))
})

it('stays between its bounds', () => {
  const chance = new Chance(1)
  const numbers = Array.from({ length: 300 }, () => chance.between(5, 6))
  expect(Math.min(...numbers)).toBeGreaterThanOrEqual(5)
  expect(Math.max(...numbers)).toBeLessThan(6)
})

it('refuses to choose from nothing', () => {
  expect(() => new Chance(1).one([])).toThrow('nothing to choose from')
})
