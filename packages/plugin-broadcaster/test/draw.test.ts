import { expect, test } from 'vitest'
import { type DrawWeights, draw, probabilities, type Stranger } from '../src/draw.ts'

const weights = (over: Partial<DrawWeights>): DrawWeights => ({
  stake: 0,
  price: 0,
  random: 0,
  priceFactor: 100,
  ...over,
})
const LPT = 10n ** 18n

test.each<[string, Stranger[], DrawWeights, number[]]>([
  [
    'price and stake (payments.md G12)',
    [
      { stake: 100n * LPT, price: '400' },
      { stake: 100_000n * LPT, price: '700' },
      { stake: 300n * LPT, price: '1000' },
    ],
    weights({ stake: 0.3, price: 0.7 }),
    [0.66553, 0.331925, 0.002545],
  ],
  ['chance alone', [{}, {}, {}], weights({ random: 1 }), [1 / 3, 1 / 3, 1 / 3]],
  ['price alone', [{ price: '1' }, { price: '1' }, { price: '100000000' }], weights({ price: 1 }), [0.5, 0.5, 0]],
  ['stake alone', [{ stake: 100n }, { stake: 100n }, { stake: 800n }], weights({ stake: 1 }), [0.1, 0.1, 0.8]],
  ['nobody with stake', [{}, {}], weights({ stake: 0.7, random: 0.3 }), [0.85, 0.85]],
  ['all far too dear', [{ price: '100000000' }, { price: '99999999/1' }], weights({ price: 1 }), [1, 1]],
  ['a price of a fraction', [{ price: '1/3' }, {}], weights({ price: 1, priceFactor: 1 }), [0.417_43, 0.582_57]],
])('%s', (_, strangers, given, wanted) => {
  const found = probabilities(strangers, given)
  for (const [i, one] of wanted.entries()) expect(found[i]).toBeCloseTo(one, 5)
})

test('each is drawn as often as it is likely, whatever its place', () => {
  const strangers = [{ stake: 100n }, { stake: 100n }, { stake: 800n }]
  const counts = [0, 0, 0]
  const random = sequence(7)
  for (let n = 0; n < 20_000; n++) {
    const drawn = draw(strangers, weights({ stake: 1 }), random)
    counts[strangers.findIndex((one) => one === drawn)]! += 1
  }
  for (const [i, share] of [0.1, 0.1, 0.8].entries()) expect((counts[i] ?? 0) / 20_000).toBeCloseTo(share, 1)
})

test('where the weights add up to more than 1 the last ones have their chance as well', () => {
  const strangers = [{}, {}, {}, {}]
  const random = sequence(3)
  const seen = new Set(
    Array.from({ length: 200 }, () => strangers.indexOf(draw(strangers, weights({ stake: 1 }), random)!)),
  )
  expect(seen.size).toBe(4)
})

test('nobody is drawn from nobody', () => {
  expect(draw([], weights({ random: 1 }))).toBeUndefined()
})

/** Uniform in [0, 1), the same for each seed. */
function sequence(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
