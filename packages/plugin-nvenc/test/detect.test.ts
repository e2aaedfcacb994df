import { FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { detectCards } from '../src/detect.ts'
import { encoderBudgets } from '../src/encoder-limit.ts'
import { parseRows } from '../src/nvidia-smi.ts'
import { namedCards, options } from '../src/options.ts'
import { type Prepared, prepareCards } from '../src/prepare.ts'
import { engineError, FakeMachine, LINES } from './support.ts'

const row = (index: number, name = 'Tesla T4') => `${index}, GPU-${index}, ${name}, 550.54.15, 3, 15360, 0, 0, 0`

/** A machine whose nvidia-smi lists these cards. */
function listing(...rows: readonly string[]): FakeMachine {
  const machine = new FakeMachine()
  machine.rows = parseRows(rows)
  return machine
}

/** A machine without nvidia-smi, with as many cards. */
function unlisted(cards: number): FakeMachine {
  const machine = new FakeMachine()
  for (let card = cards; card <= 32; card++) machine.failing.set(card, engineError(LINES.noCard))
  return machine
}

/** What the plugin makes of a machine with these options. */
function prepare(machine: FakeMachine, given: object = {}): Promise<Prepared> {
  return prepareCards({ machine, settings: options.parse(given), clock: new FakeClock(), log: recordedLog([]) })
}

describe('detectCards', () => {
  it('finds cards from 0 on without nvidia-smi', async () => {
    const { cards, why } = await detectCards(unlisted(2), undefined)
    expect(cards).toEqual([0, 1].map((index) => ({ index, failure: undefined, reading: undefined })))
    expect(why?.code).toBe('LP_NVENC_NO_CARD')
  })

  it('counts a card whose encoders others hold, without nvidia-smi too', async () => {
    const machine = unlisted(2)
    machine.failing.set(0, engineError(LINES.limit))
    const { cards } = await detectCards(machine, undefined)
    expect(cards.map(({ index, failure }) => [index, failure?.error.code])).toEqual([
      [0, 'LP_NVENC_SESSION_LIMIT'],
      [1, undefined],
    ])
  })

  it('tests all that nvidia-smi lists: one that fails does not hide those after it', async () => {
    const machine = listing(row(0), row(1), row(2))
    machine.failing.set(1, engineError(LINES.lost))
    const { cards } = await detectCards(machine, undefined)
    expect(cards.map(({ index, failure }) => [index, failure?.error.code])).toEqual([
      [0, undefined],
      [1, 'LP_NVENC_CARD_LOST'],
      [2, undefined],
    ])
    expect(cards[0]?.reading?.name).toBe('NVIDIA Tesla T4')
  })

  it('tests the named cards alone', async () => {
    const machine = listing(row(0), row(1))
    machine.failing.set(3, engineError(LINES.noCard))
    const { cards } = await detectCards(machine, [3, 0])
    expect(cards.map(({ index, failure }) => [index, failure?.error.code])).toEqual([
      [3, 'LP_NVENC_NO_CARD'],
      [0, undefined],
    ])
    expect(machine.tested).toEqual([3, 0])
  })
})

describe('encoderBudgets', () => {
  const clock = new FakeClock()
  const budgetsOf = async (machine: FakeMachine, given?: number) => {
    const { cards } = await detectCards(machine, undefined)
    return await encoderBudgets(cards, { machine, clock, given })
  }

  it('shares one limit among limited cards, and none with cards that have none', async () => {
    const machine = listing(row(0, 'NVIDIA GeForce RTX 3060'), row(1), row(2, 'NVIDIA GeForce GTX 1080'))
    machine.encoders.set(0, 8)
    machine.encoders.set(2, 8)
    const budgets = await budgetsOf(machine)
    expect([0, 1, 2].map((card) => budgets.get(card)?.limit)).toEqual([8, undefined, 8])
    expect(budgets.get(0)).toBe(budgets.get(2))
  })

  it('asks one card of each model', async () => {
    const machine = listing(row(0), row(1), row(2, 'NVIDIA L4'))
    await budgetsOf(machine)
    expect(machine.counted).toEqual([0, 2])
  })

  it('takes the operator’s word and asks no card', async () => {
    const machine = listing(row(0), row(1))
    const budgets = await budgetsOf(machine, 12)
    expect([budgets.get(0)?.limit, budgets.get(0) === budgets.get(1), machine.counted]).toEqual([12, true, []])
  })

  it('knows no limit where the search fails: it is met later', async () => {
    const machine = listing(row(0))
    machine.countEncoders = () => Promise.reject(new Error('died'))
    expect((await budgetsOf(machine)).get(0)?.limit).toBeUndefined()
  })
})

describe('prepareCards', () => {
  it('has no problem without a card, unless the operator wants one', async () => {
    const none = unlisted(0)
    expect((await prepare(none)).problems).toEqual([])
    expect((await prepare(none, { nvidia: 'all' })).problems).toMatchObject([
      { code: 'LP_NVENC_NO_CARD', message: expect.stringMatching(/^No NVIDIA card transcodes here/) },
    ])
    expect((await prepare(none, { nvidia: '0,1' })).problems).toMatchObject([
      { code: 'LP_NVENC_NO_CARD', message: expect.stringContaining('card 0') },
      { code: 'LP_NVENC_NO_CARD', message: expect.stringContaining('card 1') },
    ])
  })

  it('tests nothing where no driver is, unless the operator wants a card', async () => {
    const machine = unlisted(0)
    machine.mayHaveCards = false
    await prepare(machine)
    expect(machine.tested).toEqual([])
    await prepare(machine, { nvidia: '0' })
    expect(machine.tested).toEqual([0])
  })

  it('goes on with the cards that work where all are wanted', async () => {
    const machine = listing(row(0), row(1))
    machine.failing.set(0, engineError(LINES.noDriver))
    const { problems, cards } = await prepare(machine, { nvidia: 'all', sessionsPerCard: 5 })
    expect([problems, cards.slots]).toEqual([[], 5])
  })

  it('starts without a named card that is lost, where another one works', async () => {
    const machine = listing(row(0), row(1))
    machine.failing.set(1, engineError(LINES.lost))
    expect((await prepare(machine, { nvidia: '0,1' })).problems).toEqual([])
    expect((await prepare(machine, { nvidia: '1' })).problems).toMatchObject([{ code: 'LP_NVENC_CARD_LOST' }])
    machine.failing.set(1, engineError(LINES.noCard))
    expect((await prepare(machine, { nvidia: '0,1' })).problems).toMatchObject([{ code: 'LP_NVENC_NO_CARD' }])
  })

  it.each<[string, string, number]>([
    ['whose encoders others hold', LINES.limit, 40],
    ['that is short of memory', LINES.memory, 0],
  ])('starts with a named card %s', async (_, line, slots) => {
    const machine = listing(row(0))
    machine.failing.set(0, engineError(line))
    const { problems, cards } = await prepare(machine, { nvidia: '0' })
    expect([problems, cards.slots, cards.hasRoom(1)]).toEqual([[], slots, false])
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
