import type { PluginScope } from '@livepeer-node/sdk'
import { createTestNode, createTestNodeWith, FakeClock, pluginFor, prepareTestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../src/index.ts'

const never = () => new Promise<never>(() => {})
const told = (thrown: unknown) => problemsOf(thrown).map(({ code, plugin, message }) => ({ code, plugin, message }))

describe('start', () => {
  it('goes through its steps in order', async () => {
    const steps: string[] = []
    await using node = await prepareTestNode({
      plugins: [
        pluginFor('one', async (scope) => {
          scope.on.lifecycle.preflight(() => {
            steps.push(`preflight ${node.state}`)
            return []
          })
          scope.on.lifecycle.ready(async () => {
            await scope.ready
            steps.push(`ready ${node.state}`)
          })
          await Promise.resolve()
          steps.push(`apply one ${node.state}`)
        }),
        pluginFor('two', () => void steps.push('apply two')),
      ],
    })
    expect(node.state).toBe('created')
    await node.start()
    expect(steps).toEqual(['apply one starting', 'apply two', 'preflight starting', 'ready ready'])
    expect(node.state).toBe('ready')
    await expect(node.start()).rejects.toMatchObject({ code: 'LP_ALREADY_STARTED' })
  })

  it('unwinds what had started, newest first, and rejects with the cause', async () => {
    const order: string[] = []
    let scope: PluginScope | undefined
    const plugins = [
      pluginFor('one', (own) => {
        scope = own
        own.defer(() => void order.push('one a'))
        own.defer(async () => {
          await Promise.resolve()
          order.push('one b')
        })
      }),
      pluginFor('two', (own) => own.defer(() => void order.push('two'))),
      pluginFor('three', (own) => {
        own.defer(() => void order.push('three'))
        throw new Error('no card')
      }),
      pluginFor('four', () => void order.push('four was applied')),
    ]
    await using node = await prepareTestNode({ plugins })
    await expect(node.start()).rejects.toMatchObject({ code: 'LP_UNEXPECTED', plugin: 'three', message: 'no card' })
    expect(order).toEqual(['three', 'two', 'one b', 'one a'])
    expect(node.state).toBe('stopped')
    expect(scope?.signal.aborted).toBe(true)
    await expect(scope?.ready).rejects.toMatchObject({ message: 'no card' })
  })

  it('logs what fails while unwinding, and still rejects with the cause', async () => {
    await using node = await prepareTestNode({
      plugins: [
        pluginFor('one', (scope) => scope.defer(() => Promise.reject(new Error('stuck')))),
        pluginFor('two', () => Promise.reject(new Error('cause'))),
      ],
    })
    await expect(node.start()).rejects.toThrow('cause')
    expect(node.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { fields: { error: { plugin: 'one', message: 'stuck' } } },
    ])
  })

  it('gives each apply ten seconds', async () => {
    const clock = new FakeClock()
    let closedLate = false
    const plugins = [
      pluginFor('slow', async (scope) => {
        await clock.sleep(20_000)
        scope.defer(() => {
          closedLate = true
        })
      }),
    ]
    const starting = createTestNodeWith({ clock, plugins }).catch((error: unknown) => error)
    await clock.whenWaiting(2)
    await clock.advance(10_000)
    expect(await starting).toMatchObject({ code: 'LP_APPLY_TIMEOUT', plugin: 'slow', limit: 10_000 })
    await clock.advance(10_000)
    expect(closedLate, 'what it opens later is closed at once').toBe(true)
  })

  it('tells every preflight problem at once, a check that broke included', async () => {
    const unwound: string[] = []
    const starting = createTestNode(
      pluginFor('a', (scope) => {
        scope.defer(() => void unwound.push('a'))
        scope.on.lifecycle.preflight(() => [
          { code: 'LP_TEST_NO_CARD', message: 'No card.', remedy: 'Buy one.' },
          { code: 'LP_TEST_NO_DISK', message: 'No disk.', remedy: 'Buy one too.' },
        ])
      }),
      pluginFor('b', (scope) => scope.on.lifecycle.preflight(() => Promise.reject(new Error('check broke')))),
    )
    const error = await starting.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AggregateError)
    expect(told(error)).toEqual([
      { code: 'LP_TEST_NO_CARD', plugin: undefined, message: 'No card.' },
      { code: 'LP_TEST_NO_DISK', plugin: undefined, message: 'No disk.' },
      { code: 'LP_UNEXPECTED', plugin: 'b', message: 'check broke' },
    ])
    expect((error as Error).message).toContain('3 problems:\n  LP_TEST_NO_CARD No card.')
    expect(unwound).toEqual(['a'])
  })

  it('tells wrong compositions and wrong options together, before anything is applied', async () => {
    const applied: string[] = []
    const starting = createTestNode(
      pluginFor('a', () => void applied.push('a')),
      pluginFor('a', () => void applied.push('a')),
      pluginFor('b', () => void applied.push('b'), { requires: ['chain'] }),
      pluginFor('c', () => void applied.push('c'), { kernel: '^99.0.0' }),
      { ...pluginFor('d', () => void applied.push('d')), rawOptions: { x: 1 } },
    )
    const error = await starting.catch((thrown: unknown) => thrown)
    expect(told(error).map(({ code }) => code)).toEqual([
      'LP_PLUGIN_DUPLICATE',
      'LP_PLUGIN_KERNEL',
      'LP_PLUGIN_REQUIRES',
      'LP_PLUGIN_OPTIONS',
    ])
    expect(applied).toEqual([])
  })
})

describe('stop', () => {
  it('aborts every signal first, then runs what was deferred, newest plugin and last registered first', async () => {
    const order: string[] = []
    const scopes: PluginScope[] = []
    const plugin = (name: string) =>
      pluginFor(name, (scope) => {
        scopes.push(scope)
        scope.signal.addEventListener('abort', () => order.push(`${name} aborted`))
        scope.defer(() => void order.push(`${name} 1`))
        scope.defer(() => void order.push(`${name} 2`))
      })
    const node = await createTestNode(plugin('a'), plugin('b'))
    scopes[0]?.defer(() => void order.push('a 3, registered last of all'))
    await node.stop()
    expect(order).toEqual(['a aborted', 'b aborted', 'b 2', 'b 1', 'a 3, registered last of all', 'a 2', 'a 1'])
    expect(scopes[0]?.signal.reason).toMatchObject({ code: 'LP_STOPPED' })
  })

  it('runs all clean-ups whatever fails, gathers the failures, and tells them once', async () => {
    const order: string[] = []
    const node = await createTestNode(
      pluginFor('a', (scope) => {
        scope.defer(() => void order.push('a'))
        scope.defer(() => {
          throw new Error('first')
        })
      }),
      pluginFor('b', (scope) => scope.defer(() => Promise.reject(new Error('second')))),
    )
    const error = await node.stop().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(AggregateError)
    expect(told(error)).toMatchObject([
      { plugin: 'b', message: 'second' },
      { plugin: 'a', message: 'first' },
    ])
    expect(order).toEqual(['a'])
    await expect(node.stop()).resolves.toBeUndefined()
  })

  it('tells whoever runs it that a plugin asks for its end, and goes on until then', async () => {
    await using node = await createTestNode(
      pluginFor('a', (scope) => {
        scope.on.lifecycle.ready(() => {
          void scope.requestStop({ reason: 'first', graceMs: 1000 })
          void scope.requestStop({ reason: 'second' })
        })
      }),
    )
    await expect(node.stopRequested).resolves.toEqual({ reason: 'first', graceMs: 1000 })
    expect(node.state).toBe('ready')
  })

  it('leaves a clean-up that hangs behind', async () => {
    const clock = new FakeClock()
    let closed = false
    const node = await createTestNodeWith({
      clock,
      plugins: [
        pluginFor('a', (scope) =>
          scope.defer(() => {
            closed = true
          }),
        ),
        pluginFor('hangs', (scope) => scope.defer(never)),
      ],
    })
    const stopping = node.stop().catch((thrown: unknown) => thrown)
    await clock.advance(10_000)
    expect(told(await stopping)).toMatchObject([{ code: 'LP_CLEANUP_TIMEOUT', plugin: 'hangs' }])
    expect(closed).toBe(true)
  })

  it('works on a node that never started, which then cannot be', async () => {
    await using node = await prepareTestNode({ plugins: [] })
    await node.stop()
    expect(node.state).toBe('stopped')
    await expect(node.start()).rejects.toMatchObject({ code: 'LP_ALREADY_STARTED' })
  })

  it('keeps a start that has just begun from applying anything', async () => {
    const applied: string[] = []
    await using node = await prepareTestNode({ plugins: [pluginFor('a', () => void applied.push('a'))] })
    const starting = node.start().catch((error: unknown) => error)
    await node.stop()
    expect(await starting).toMatchObject({ code: 'LP_STOPPED' })
    expect(applied).toEqual([])
  })

  it('breaks off a start that is under way', async () => {
    const applying = Promise.withResolvers<void>()
    const order: string[] = []
    await using node = await prepareTestNode({
      plugins: [
        pluginFor('hangs', async (scope) => {
          scope.defer(() => void order.push('unwound'))
          applying.resolve()
          await never()
        }),
        pluginFor('next', () => void order.push('next was applied')),
      ],
    })
    const starting = node.start().catch((error: unknown) => error)
    await applying.promise
    await node.stop()
    expect(await starting).toMatchObject({ code: 'LP_STOPPED' })
    expect(order).toEqual(['unwound'])
  })
})

describe('endpoints', () => {
  it('tells what plugins say', async () => {
    const endpoint = { name: 'rtmp', url: 'rtmp://127.0.0.1:1935', purpose: 'push a stream here' }
    await using node = await createTestNode(
      pluginFor('rtmp', (scope) => scope.on.lifecycle.endpoints(() => [endpoint])),
    )
    await expect(node.endpoints()).resolves.toEqual([endpoint])
  })
})
