import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { inspect } from 'node:util'
import type { HookKind, LivepeerError, Stage } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { type AnySpec, createHookPoint, type HookPoint, type RunContext } from '../../src/kernel/hook-point.ts'

/*
 * The contract of a hook point, whatever library is behind it: a plain runner that passes this file may replace tapable.
 */

const kinds: readonly HookKind[] = ['claim', 'decide', 'transform', 'collect', 'notify', 'observe']
const asyncKinds = kinds.filter((kind) => kind !== 'claim' && kind !== 'observe')

function pointOf(kind: HookKind, args: readonly string[] = ['value']): HookPoint {
  const spec: AnySpec = { name: `test.${kind}`, kind, args, deadlineMs: 1000, unanswered: 'nothing' }
  return createHookPoint(spec)
}

/** Attaches handlers that see their arguments as a plugin would. */
function attach(point: HookPoint, plugin: string, handler: (...args: never[]) => unknown, stage: Stage = 'normal') {
  point.attach(plugin, (args) => handler(...(args as never[])), stage)
}

describe('no handler', () => {
  it.each([
    ['claim', undefined],
    ['decide', undefined],
    ['transform', 7],
    ['collect', []],
    ['notify', undefined],
    ['observe', undefined],
  ] as const)('%s answers %o', async (kind, answer) => {
    expect(await pointOf(kind).run([7])).toEqual(answer)
  })

  it.each(kinds)('%s says what it is and who is attached, and can be printed', (kind) => {
    const point = pointOf(kind)
    expect(point.spec.kind).toBe(kind)
    expect(point.attached()).toEqual([])
    expect(inspect(point)).toContain(`test.${kind}`)
  })
})

describe('verbs', () => {
  it('claim: the first answer, at once', () => {
    const point = pointOf('claim')
    attach(point, 'a', () => undefined)
    attach(point, 'b', (value: number) => value + 1)
    attach(point, 'c', () => 'never asked')
    expect(point.run([1])).toBe(2)
  })

  it('decide: the first verdict; false and 0 are verdicts', async () => {
    const point = pointOf('decide')
    const asked: string[] = []
    attach(point, 'a', async () => undefined)
    attach(point, 'b', () => 0)
    attach(point, 'c', () => asked.push('c'))
    expect(await point.run([1])).toBe(0)
    expect(asked).toEqual([])
  })

  it('transform: each gets what the one before made; the other arguments stay', async () => {
    const point = pointOf('transform', ['value', 'by'])
    attach(point, 'a', async (value: number, by: number) => value + by)
    attach(point, 'b', () => undefined)
    attach(point, 'c', (value: number, by: number) => value * by)
    expect(await point.run([1, 10])).toBe(110)
  })

  it('collect: all lists in handler order, whichever is ready first', async () => {
    const point = pointOf('collect')
    const slow = Promise.withResolvers<readonly string[]>()
    attach(point, 'slow', () => slow.promise)
    attach(point, 'passes', () => undefined)
    attach(point, 'fast', () => {
      setImmediate(() => slow.resolve(['slow 1', 'slow 2']))
      return ['fast']
    })
    expect(await point.run([1])).toEqual(['slow 1', 'slow 2', 'fast'])
  })

  it('notify: a stage starts when the one before has settled', async () => {
    const point = pointOf('notify')
    const order: string[] = []
    const gate = Promise.withResolvers<void>()
    attach(point, 'last', () => order.push('last'), 'fallback')
    attach(point, 'middle', () => order.push('middle'))
    attach(point, 'slow', () => gate.promise.then(() => order.push('slow')), 'first')
    attach(point, 'quick', () => order.push('quick'), 'first')
    const told = point.run([1]) as Promise<void>
    expect(point.attached().map(({ plugin }) => plugin)).toEqual(['slow', 'quick', 'middle', 'last'])
    await Promise.resolve()
    expect(order).toEqual(['quick'])
    gate.resolve()
    await told
    expect(order).toEqual(['quick', 'slow', 'middle', 'last'])
  })

  it('notify: all are told at the same time; resolves when all are done', async () => {
    const point = pointOf('notify')
    const gate = Promise.withResolvers<void>()
    const seen: string[] = []
    attach(point, 'waits', async () => {
      await gate.promise
      seen.push('waits')
    })
    attach(point, 'opens', () => {
      seen.push('opens')
      gate.resolve()
    })
    expect(await point.run([1])).toBeUndefined()
    expect(seen).toEqual(['opens', 'waits'])
  })

  it('observe: all are told before run returns; nothing comes back', () => {
    const point = pointOf('observe')
    const seen: unknown[] = []
    attach(point, 'a', (value) => seen.push(value))
    attach(point, 'b', (value) => seen.push(value))
    expect(point.run(['x'])).toBeUndefined()
    expect(seen).toEqual(['x', 'x'])
  })
})

describe('traps', () => {
  it.each(asyncKinds)('%s settles when the second handler throws before it returns a promise', async (kind) => {
    const point = pointOf(kind)
    attach(point, 'a', async () => undefined)
    attach(point, 'b', () => {
      throw new Error('thrown at once')
    })
    await expect(point.run([1])).rejects.toThrow('thrown at once')
  })

  it.each(asyncKinds)('%s takes a plain value from a handler', async (kind) => {
    const point = pointOf(kind)
    attach(point, 'a', () => undefined)
    attach(point, 'b', () => (kind === 'collect' ? [2] : 2))
    const answers = { decide: 2, transform: 2, collect: [2], notify: undefined } as Record<HookKind, unknown>
    expect(await point.run([1])).toEqual(answers[kind])
  })

  it.each(['decide', 'transform'] as const)('%s fails on a rejection without a reason', async (kind) => {
    const point = pointOf(kind)
    attach(point, 'a', () => Promise.reject())
    const outcome = Promise.resolve(point.run([1])).then(
      () => 'resolved',
      () => 'rejected',
    )
    expect(await outcome).toBe('rejected')
  })

  it.each(kinds)('%s never turns argument names into code', async (kind) => {
    const names = ['default', '_x', 'class', '1st', 'a-b', 'x', 'x', '', '); throw 1; (', 'tenth']
    const point = pointOf(kind, names)
    const given = names.map((_, index) => index)
    let seen: unknown[] = []
    attach(point, 'a', (...args: unknown[]) => {
      seen = args
    })
    await point.run(given)
    expect(seen).toEqual(given)
  })

  it.each(asyncKinds)('%s keeps concurrent runs apart', async (kind) => {
    const point = pointOf(kind)
    const gates = new Map([1, 2].map((value) => [value, Promise.withResolvers<void>()]))
    attach(point, 'a', async (value: number) => {
      await gates.get(value)?.promise
      return kind === 'collect' ? [value] : value
    })
    const runs = [point.run([1]), point.run([2])]
    gates.get(2)?.resolve()
    gates.get(1)?.resolve()
    const answers = { decide: [1, 2], transform: [1, 2], collect: [[1], [2]], notify: [undefined, undefined] }
    expect(await Promise.all(runs)).toEqual((answers as Record<string, unknown>)[kind])
  })

  it('hands the context of a run to every handler of that run only', async () => {
    const point = pointOf('notify')
    const seen: RunContext[] = []
    point.attach('a', (_, context) => seen.push(context), 'normal')
    point.attach('b', (_, context) => seen.push(context), 'normal')
    const context: RunContext = { failures: [] as LivepeerError[] }
    await point.run([1], context)
    await point.run([1])
    expect(seen.map((one) => one === context)).toEqual([true, true, false, false])
  })
})

describe('order', () => {
  it.each(kinds)('%s runs first, then normal, then fallback, each in the order of attaching', (kind) => {
    const point = pointOf(kind)
    attach(point, 'd', () => undefined, 'fallback')
    attach(point, 'b', () => undefined)
    attach(point, 'a', () => undefined, 'first')
    attach(point, 'c', () => undefined)
    expect(point.attached()).toEqual([
      { plugin: 'a', stage: 'first' },
      { plugin: 'b', stage: 'normal' },
      { plugin: 'c', stage: 'normal' },
      { plugin: 'd', stage: 'fallback' },
    ])
  })
})

it('is the only file that imports tapable', () => {
  const source = join(import.meta.dirname, '../../src')
  const importing = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /from 'tapable'|import\('tapable'\)/.test(readFileSync(join(source, file), 'utf8')))
  expect(importing).toEqual(['kernel/hook-point.ts'])
})
