import { createTestNode, createTestNodeWith, FakeClock, pluginFor, prepareTestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'

const never = () => new Promise<never>(() => {})

describe('drain', () => {
  it('hands the deadline to every plugin and waits for them', async () => {
    const finish = Promise.withResolvers<void>()
    const seen: string[] = []
    await using node = await createTestNode(
      pluginFor('works', (scope) =>
        scope.on.lifecycle.draining(async (deadline) => {
          expect(deadline).toBeInstanceOf(AbortSignal)
          await finish.promise
          seen.push(`works ${node.state}`)
        }),
      ),
      pluginFor('fails', (scope) => scope.on.lifecycle.draining(() => Promise.reject(new Error('x')))),
    )
    const draining = node.drain(new AbortController().signal).then(() => seen.push('drained'))
    finish.resolve()
    await draining
    expect(seen).toEqual(['works draining', 'drained'])
    expect(node.isolated).toMatchObject([{ plugin: 'fails' }])
  })

  it('lets handlers wind up at the deadline, and then goes on without those that hang', async () => {
    const clock = new FakeClock()
    const deadline = new AbortController()
    const seen: string[] = []
    await using node = await createTestNodeWith({
      clock,
      plugins: [
        pluginFor('hangs', (scope) => scope.on.lifecycle.draining(never)),
        pluginFor('winds-up', (scope) =>
          scope.on.lifecycle.draining(async (signal) => {
            await clock.sleep(3_600_000, signal).catch(() => clock.sleep(500))
            seen.push('wound up')
          }),
        ),
      ],
    })
    const draining = node.drain(deadline.signal)
    deadline.abort()
    await clock.advance(1000)
    await draining
    expect(seen).toEqual(['wound up'])
    expect(node.isolated).toMatchObject([{ code: 'LP_HANDLER_TIMEOUT', plugin: 'hangs', hook: 'lifecycle.draining' }])
  })

  it('tells plugins how long they have, and lets them take longer than a hook otherwise may', async () => {
    const clock = new FakeClock()
    const hour = 3_600_000
    const seen: unknown[] = []
    await using node = await createTestNodeWith({
      clock,
      plugins: [
        pluginFor('works', (scope) =>
          scope.on.lifecycle.draining(async (_, graceMs) => {
            await clock.sleep(hour - 1)
            seen.push(graceMs)
          }),
        ),
      ],
    })
    const draining = node.drain(new AbortController().signal, hour)
    await clock.advance(hour)
    await draining
    expect(seen).toEqual([hour])
    expect(node.isolated).toEqual([])
  })

  it('says what plugins have left when they have done what they could, to its caller and to whoever asked for it', async () => {
    let asked: Promise<unknown> | undefined
    const work = { sessions: 2, jobs: 0 }
    await using node = await createTestNode(
      pluginFor('leaves', (scope) => {
        scope.on.lifecycle.ready(() => void (asked = scope.requestStop({ reason: 'x' })))
        scope.on.lifecycle.status(() => [{ name: 'role', data: {}, work }])
      }),
    )
    const outcome = { drained: false, left: { 'role sessions': 2 } }
    expect(await node.drain(new AbortController().signal)).toEqual(outcome)
    expect(await asked).toEqual(outcome)
  })

  it('has not done its work where the deadline cut it, or where the node was stopped without one', async () => {
    const plugin = pluginFor('empty', () => {})
    await using node = await createTestNode(plugin)
    expect(await node.drain(AbortSignal.abort())).toEqual({ drained: false, left: {} })
    let asked: Promise<unknown> | undefined
    const stopped = await createTestNode(
      pluginFor('asks', (scope) => scope.on.lifecycle.ready(() => void (asked = scope.requestStop({ reason: 'x' })))),
    )
    await stopped.stop()
    expect(await asked).toEqual({ drained: false, left: {} })
  })

  it('does nothing on a node that is not ready', async () => {
    await using node = await prepareTestNode({ plugins: [] })
    expect(await node.drain(AbortSignal.abort())).toEqual({ drained: true, left: {} })
    expect(node.state).toBe('created')
  })
})
