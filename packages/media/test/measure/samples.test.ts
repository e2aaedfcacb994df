import { FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { Samples } from '../../src/index.ts'

function aWindow() {
  const clock = new FakeClock()
  return { clock, samples: new Samples({ size: 4, maxAgeMs: 1000, clock }) }
}

test('of nothing there is no percentile', () => {
  const { samples } = aWindow()
  expect([samples.count, samples.sum, samples.percentile(0.5)]).toEqual([0, 0, undefined])
})

test('the latest values count, in whatever order they came', () => {
  const { samples } = aWindow()
  for (const value of [900, 30, 10, 40, 20]) samples.add(value)
  expect([samples.count, samples.sum]).toEqual([4, 100])
  expect([0, 0.25, 0.5, 0.51, 1].map((share) => samples.percentile(share))).toEqual([10, 10, 20, 30, 40])
  samples.add(5)
  expect(samples.percentile(0)).toBe(5)
})

test('old values are forgotten', async () => {
  const { clock, samples } = aWindow()
  samples.add(1)
  await clock.advance(600)
  samples.add(2)
  expect(samples.percentile(0)).toBe(1)
  await clock.advance(401)
  expect([samples.count, samples.sum, samples.percentile(0)]).toEqual([1, 2, 2])
  await clock.advance(1000)
  expect(samples.percentile(0)).toBeUndefined()
})
