import {
  claim,
  collect,
  decide,
  defineHooks,
  type HookSpec,
  type HookKind,
  nodeHooks,
  notify,
  type PluginScope,
} from '@livepeer-node/sdk'
import { aPublishRequest, aStream, createTestNode, pluginFor, prepareTestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'

type AnyTap = (handler: (...args: unknown[]) => unknown, options?: object) => void
type AnyRun = (...args: unknown[]) => unknown

const rows = Object.entries(nodeHooks).flatMap(([family, hooks]) =>
  Object.entries(hooks as unknown as Record<string, HookSpec<HookKind, never, unknown>>).map(
    ([name, spec]) => [spec.name, { family, name, spec }] as const,
  ),
)

describe('the table', () => {
  it.each(rows)('%s is named after its place and reaches its handler with every argument', async (full, row) => {
    const { family, name, spec } = row
    expect(full).toBe(`${family}.${name}`)
    const given = spec.args.map((arg) => ({ arg }))
    const seen: unknown[][] = []
    await using node = await createTestNode(
      pluginFor('all', (scope) => {
        const taps = scope.on as unknown as Record<string, Record<string, AnyTap>>
        taps[family]?.[name]?.((...args) => {
          seen.push(args)
          return undefined
        })
      }),
    )
    seen.length = 0 // the kernel itself has run the lifecycle
    const run = (node.run as unknown as Record<string, Record<string, AnyRun>>)[family]?.[name]
    await run?.(...given)
    expect(seen).toEqual([given])
  })
})

describe('listening', () => {
  it('gives a plugin functions to tap with, and no way to the hooks behind them', async () => {
    let scope: PluginScope | undefined
    await using node = await createTestNode(
      pluginFor('curious', (own) => {
        scope = own
      }),
    )
    const taps = Object.values(scope?.on ?? {}).flatMap((family) => Object.values(family) as unknown[])
    expect(taps).toHaveLength(rows.length)
    for (const tap of taps) {
      expect(tap).toBeTypeOf('function')
      expect(Object.keys(tap as object)).toEqual([])
    }
    expect(node.state).toBe('ready')
    expect(Object.isFrozen(scope) && Object.isFrozen(scope?.on) && Object.isFrozen(scope?.on.ingest)).toBe(true)
  })

  it('takes no more of the options than the stage', async () => {
    const asked: string[] = []
    const sly = { before: 'early', fn: () => asked.push('stolen'), name: 'early', stage: 'fallback' as const }
    await using node = await createTestNode(
      pluginFor('early', (scope) => scope.on.ingest.authorize(() => void asked.push('early'))),
      pluginFor('sly', (scope) => scope.on.ingest.authorize(() => void asked.push('sly'), sly)),
      pluginFor('last', (scope) => scope.on.ingest.authorize(() => void asked.push('last'))),
    )
    await node.run.ingest.authorize(aPublishRequest())
    expect(asked).toEqual(['early', 'last', 'sly'])
    expect(node.composition().hooks.find(({ name }) => name === 'ingest.authorize')?.handlers).toEqual([
      { plugin: 'early', stage: 'normal' },
      { plugin: 'last', stage: 'normal' },
      { plugin: 'sly', stage: 'fallback' },
    ])
  })

  it('refuses a tap once the node is ready, and one made during a run', async () => {
    let scope: PluginScope | undefined
    await using node = await createTestNode(
      pluginFor('late', (own) => {
        scope = own
        own.on.ingest.authorize(() => {
          own.on.ingest.authorize(() => ({ allow: true }))
          return undefined
        })
      }),
    )
    const late = { code: 'LP_LATE_TAP', plugin: 'late' }
    expect(() => scope?.on.ingest.opened(() => {})).toThrow(expect.objectContaining(late))
    await expect(node.run.ingest.authorize(aPublishRequest())).rejects.toMatchObject(late)
  })

  it('refuses a tap after the apply of its own plugin, though others are still to be applied', async () => {
    let early: PluginScope | undefined
    const starting = createTestNode(
      pluginFor('early', (own) => {
        early = own
      }),
      pluginFor('next', () => early?.on.ingest.opened(() => {})),
    )
    await expect(starting).rejects.toMatchObject({ code: 'LP_LATE_TAP', plugin: 'early', hook: 'ingest.opened' })
  })

  it('keeps two nodes with the same plugin apart, and asks nobody of a stopped one', async () => {
    const told: string[] = []
    const plugin = pluginFor('listens', (scope) => scope.on.ingest.opened(({ id }) => void told.push(id)))
    await using one = await createTestNode(plugin)
    await using two = await createTestNode(plugin)
    await two.stop()
    await one.run.ingest.opened(aStream({ id: 'one' }))
    await two.run.ingest.opened(aStream({ id: 'two' }))
    expect(told).toEqual(['one'])
  })
})

describe('asking', () => {
  it('gives a plugin the families that it declares, and no other', async () => {
    let scope: PluginScope<'ingest'> | undefined
    await using node = await createTestNode(
      pluginFor(
        'asks',
        (own) => {
          scope = own
        },
        { runs: ['ingest'] },
      ),
    )
    expect(node.state).toBe('ready')
    expect(Object.keys(scope?.run ?? {})).toEqual(['ingest'])
    await expect(scope?.run.ingest.authorize(aPublishRequest())).resolves.toBeUndefined()
  })

  it('is LP_NOT_READY before all plugins are applied, and works from preflight on', async () => {
    const answers: unknown[] = []
    await using node = await prepareTestNode({
      plugins: [
        pluginFor(
          'eager',
          async (scope) => {
            answers.push(await scope.run.transcode.offers().catch((error: unknown) => error))
            scope.on.lifecycle.preflight(async () => {
              answers.push(await scope.run.transcode.offers())
              return []
            })
          },
          { runs: ['transcode'] },
        ),
      ],
    })
    expect(() => node.run.transcode.local()).toThrow(expect.objectContaining({ code: 'LP_NOT_READY' }))
    await node.start()
    expect(answers).toMatchObject([{ code: 'LP_NOT_READY', hook: 'transcode.offers' }, []])
  })

  it('after the stop: what needs an answer fails, the rest is told to nobody', async () => {
    const node = await createTestNode()
    await node.stop()
    const stopped = { code: 'LP_STOPPED' }
    expect(() => node.run.transcode.local()).toThrow(expect.objectContaining(stopped))
    await expect(node.run.ingest.authorize(aPublishRequest())).rejects.toMatchObject(stopped)
    await expect(node.run.ingest.plan([], aPublishRequest())).rejects.toMatchObject(stopped)
    await expect(node.run.transcode.offers()).resolves.toEqual([])
    await expect(node.run.ingest.opened(aStream())).resolves.toBeUndefined()
  })
})

describe('hooks of a plugin’s own', () => {
  const brokerHooks = defineHooks('broker', {
    price: { offer: decide<[wei: bigint], boolean>({ name: 'broker.offer', args: ['wei'], unanswered: 'refused' }) },
    ticket: {
      won: notify<[id: string]>({ name: 'broker.won', args: ['id'], unanswered: 'nobody is told' }),
      keys: collect<[], string>({ name: 'broker.keys', args: [], unanswered: 'none' }),
      sign: claim<[], string>({ name: 'broker.sign', args: [], unanswered: 'unsigned' }),
    },
  })

  const listener = pluginFor('listener', (scope) => scope.tap(brokerHooks).price.offer((wei) => wei > 5n))

  it.each(['before', 'after'])('reach a listener that taps %s the owner provides', async (when) => {
    let ask: ((wei: bigint) => Promise<boolean | undefined>) | undefined
    const owner = pluginFor('@x/plugin-broker', (scope) => {
      ask = scope.provide(brokerHooks).price.offer
    })
    await using node = await createTestNode(...(when === 'before' ? [listener, owner] : [owner, listener]))
    await expect(ask?.(6n)).resolves.toBe(true)
    expect(node.traces).toMatchObject([{ hook: 'broker.offer', plugin: 'listener' }])
    expect(node.composition().hooks.at(-4)).toMatchObject({
      name: 'broker.offer',
      runBy: ['@x/plugin-broker'],
      handlers: [{ plugin: 'listener', stage: 'normal' }],
    })
  })

  it('are separate in each node', async () => {
    const runners: { price: { offer(wei: bigint): Promise<boolean | undefined> } }[] = []
    const owner = pluginFor('broker', (scope) => {
      runners.push(scope.provide(brokerHooks))
    })
    await using listening = await createTestNode(owner, listener)
    await using alone = await createTestNode(owner)
    expect([listening.state, alone.state]).toEqual(['ready', 'ready'])
    expect(await Promise.all(runners.map((run) => run.price.offer(6n)))).toEqual([true, undefined])
  })

  it('are run by their owner alone', async () => {
    const thief = pluginFor('thief', (scope) => void scope.provide(brokerHooks))
    await expect(createTestNode(thief)).rejects.toMatchObject({ code: 'LP_HOOKS_OWNER', plugin: 'thief' })
  })

  it('refuse late taps as the table does', async () => {
    let scope: PluginScope | undefined
    await using node = await createTestNode(
      pluginFor('late', (own) => {
        scope = own
      }),
    )
    expect(node.state).toBe('ready')
    expect(() => scope?.tap(brokerHooks).ticket.won(() => {})).toThrow(
      expect.objectContaining({ code: 'LP_LATE_TAP', hook: 'broker.won' }),
    )
  })
})
