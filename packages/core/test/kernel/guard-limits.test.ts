import type { TranscodeBackend } from '@livepeer-node/sdk'
import {
  aJobSpec,
  aPublishRequest,
  aTranscodeSpec,
  createTestNode,
  createTestNodeWith,
  FakeClock,
  pluginFor,
  prepareTestNode,
} from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { createNode } from '../../src/index.ts'

const backend = (name: string): TranscodeBackend => ({
  name,
  open: () => Promise.reject(new Error('not in this test')),
})
const never = () => new Promise<never>(() => {})

describe('deadlines', () => {
  it('fails a decide handler that gives no answer in its time', async () => {
    const clock = new FakeClock()
    await using node = await createTestNodeWith({
      clock,
      plugins: [pluginFor('hangs', (scope) => scope.on.ingest.authorize(never))],
    })
    const run = node.run.ingest.authorize(aPublishRequest())
    let settled = false
    run.then(
      () => undefined,
      () => {
        settled = true
      },
    )
    await clock.advance(9_999)
    expect(settled).toBe(false)
    await clock.advance(1)
    await expect(run).rejects.toMatchObject({
      code: 'LP_HANDLER_TIMEOUT',
      plugin: 'hangs',
      hook: 'ingest.authorize',
      limit: 10_000,
    })
  })

  it('goes on without a collect handler that hangs', async () => {
    const clock = new FakeClock()
    const candidate = { uri: 'https://127.0.0.1:1', trusted: true, origin: 'list' }
    await using node = await createTestNodeWith({
      clock,
      plugins: [
        pluginFor('hangs', (scope) => scope.on.session.discover(never)),
        pluginFor('list', (scope) => scope.on.session.discover(() => [candidate])),
      ],
    })
    const run = node.run.session.discover(aJobSpec())
    await clock.advance(5000)
    await expect(run).resolves.toEqual([candidate])
    expect(node.isolated).toMatchObject([{ code: 'LP_HANDLER_TIMEOUT', plugin: 'hangs' }])
  })

  it('leaves no timer behind when a handler answers in time', async () => {
    const clock = new FakeClock()
    await using node = await createTestNodeWith({
      clock,
      plugins: [pluginFor('well', (scope) => scope.on.ingest.authorize(async () => ({ allow: true })))],
    })
    await node.run.ingest.authorize(aPublishRequest())
    expect(clock.waiting).toBe(0)
  })

  it('logs what a handler throws after the wait for it had ended', async () => {
    const clock = new FakeClock()
    const late = Promise.withResolvers<never>()
    await using node = await createTestNodeWith({
      clock,
      plugins: [pluginFor('late', (scope) => scope.on.ingest.authorize(() => late.promise))],
    })
    const run = node.run.ingest.authorize(aPublishRequest())
    const outcome = run.catch((error: unknown) => error)
    await clock.advance(10_000)
    expect(await outcome).toMatchObject({ code: 'LP_HANDLER_TIMEOUT' })
    late.reject(new Error('too late'))
    await clock.advance(0)
    expect(node.lines.map(({ fields }) => (fields['error'] as Error | undefined)?.message)).toContain('too late')
  })

  it('fails what is still waiting when the node stops', async () => {
    const node = await createTestNode(pluginFor('hangs', (scope) => scope.on.ingest.authorize(never)))
    const run = node.run.ingest.authorize(aPublishRequest())
    await Promise.all([
      expect(run).rejects.toMatchObject({ code: 'LP_STOPPED', plugin: 'hangs', hook: 'ingest.authorize' }),
      node.stop(),
    ])
  })
})

describe('traces', () => {
  it('tells plugin, hook, time and error of each call', async () => {
    const clock = new FakeClock()
    await using node = await createTestNodeWith({
      clock,
      plugins: [
        pluginFor('slow', (scope) => scope.on.ingest.authorize(() => clock.sleep(30).then(() => undefined))),
        pluginFor('bad', (scope) => scope.on.ingest.authorize(() => Promise.reject(new Error('no')))),
      ],
    })
    const run = node.run.ingest.authorize(aPublishRequest())
    const outcome = run.catch((error: unknown) => error)
    await clock.advance(30)
    expect(await outcome).toMatchObject({ message: 'no' })
    expect(node.traces).toMatchObject([
      { hook: 'ingest.authorize', plugin: 'slow', ms: 30 },
      { hook: 'ingest.authorize', plugin: 'bad', ms: 0, error: { message: 'no' } },
    ])
    expect(node.traces[0]).not.toHaveProperty('error')
  })

  it('a tracer that throws harms nothing, and is heard of', async () => {
    await using parts = await prepareTestNode({ plugins: [] })
    const lines: string[] = []
    const log = {
      debug: () => {},
      info: () => {},
      warn: () => {},
      error: (message: string) => void lines.push(message),
      child: () => log,
    }
    await using node = createNode({
      dataDir: parts.dataDir,
      log,
      plugins: [
        pluginFor('a', (scope) => {
          scope.on.ingest.authorize(async () => ({ allow: true }))
          scope.on.transcode.claim(() => backend('a'))
        }),
      ],
      onTrace: () => {
        throw new Error('tracer bug')
      },
    })
    await node.start()
    await expect(node.run.ingest.authorize(aPublishRequest())).resolves.toEqual({ allow: true })
    expect(node.run.transcode.claim(aTranscodeSpec())?.name).toBe('a')
    expect(lines).toEqual(['The tracer failed', 'The tracer failed'])
  })
})
