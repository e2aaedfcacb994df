import { describe, expect, it } from 'vitest'
import { detectCards } from '../src/detect.ts'
import { namedCards, options } from '../src/options.ts'

/** A machine with these cards. */
const machine =
  (...cards: readonly number[]) =>
  (card: number) =>
    cards.includes(card) ? Promise.resolve() : Promise.reject(new Error(`no card ${card}`))

describe('detectCards', () => {
  it('finds the cards from 0 on', async () => {
    const found = await detectCards(machine(0, 1), { named: undefined, required: false })
    expect(found).toEqual({ cards: [0, 1], why: 'no card 2' })
  })

  it('says why there is none', async () => {
    expect(await detectCards(machine(), { named: undefined, required: false })).toEqual({ cards: [], why: 'no card 0' })
  })

  it('refuses when all are wanted and there is none', async () => {
    const error = { code: 'LP_NVENC_UNAVAILABLE', kind: 'environment', message: expect.stringContaining('no card 0') }
    await expect(detectCards(machine(), { named: undefined, required: true })).rejects.toMatchObject(error)
  })

  it('takes the named cards only, and refuses when one of them does not work', async () => {
    expect(await detectCards(machine(0, 1, 2), { named: [2, 0], required: true })).toEqual({ cards: [2, 0], why: '' })
    const error = { code: 'LP_NVENC_UNAVAILABLE', observed: 3 }
    await expect(detectCards(machine(0), { named: [0, 3], required: true })).rejects.toMatchObject(error)
  })
})

describe('option nvidia', () => {
  it.each([
    ['0,2', [0, 2]],
    ['1', [1]],
    [' 0 , 0 ', [0]],
    ['all', undefined],
    [undefined, undefined],
  ])('%s', (nvidia, cards) => {
    expect(namedCards(options.parse({ nvidia }).nvidia)).toEqual(cards)
  })

  it.each(['', 'any', '0;1', '-1', '0,'])('refuses "%s"', (nvidia) => {
    expect(options.safeParse({ nvidia }).success).toBe(false)
  })
})
