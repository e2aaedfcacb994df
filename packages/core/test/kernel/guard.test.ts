import { LivepeerError, type TranscodeBackend } from '@livepeer-node/sdk'
import {
  aJobSpec,
  aLadder,
  aPublishRequest,
  aSegmentReport,
  aStream,
  aTranscodeSpec,
  createTestNode,
  pluginFor,
} from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'

const backend = (name: string): TranscodeBackend => ({
  name,
  open: () => Promise.reject(new Error('not in this test')),
})
/** A handler that TypeScript forbids and JavaScript allows. */
const wrong = (value: unknown) => (() => value) as () => never

describe('attribution', () => {
  it('puts plugin and hook on what a handler throws, and keeps the cause', async () => {
    const cause = new Error('driver is too old')
    await using node = await createTestNode(
      pluginFor('passes', (scope) => scope.on.transcode.claim(() => undefined)),
      pluginFor('@x/plugin-gpu', (scope) => {
        scope.on.transcode.claim(() => {
          throw cause
        })
      }),
    )
    expect(() => node.run.transcode.claim(aTranscodeSpec())).toThrow(
      expect.objectContaining({
        code: 'LP_UNEXPECTED',
        plugin: '@x/plugin-gpu',
        hook: 'transcode.claim',
        message: 'driver is too old',
        cause,
      }),
    )
  })

  it('leaves code, wire text and kind of a LivepeerError alone', async () => {
    const refusal = new LivepeerError({
      code: 'LP_TEST_REFUSED',
      kind: 'limit',
      message: 'Full.',
      wireText: 'OrchestratorCapped',
    })
    await using node = await createTestNode(
      pluginFor('full', (scope) => scope.on.ingest.publish(() => Promise.reject(refusal))),
    )
    await expect(node.run.ingest.publish(aPublishRequest())).rejects.toMatchObject({
      code: 'LP_TEST_REFUSED',
      kind: 'limit',
      wireText: 'OrchestratorCapped',
      plugin: 'full',
      hook: 'ingest.publish',
    })
  })

  it('names the plugin where it happened when one hook is run inside another', async () => {
    await using node = await createTestNode(
      pluginFor(
        'outer',
        (scope) => scope.on.ingest.authorize(async (request) => void (await scope.run.ingest.plan([], request))),
        { runs: ['ingest'] },
      ),
      pluginFor('inner', (scope) => scope.on.ingest.plan(() => Promise.reject(new Error('no ladder')))),
    )
    await expect(node.run.ingest.authorize(aPublishRequest())).rejects.toMatchObject({
      plugin: 'inner',
      hook: 'ingest.plan',
    })
  })

  it('gives a rejection without a reason a message', async () => {
    await using node = await createTestNode(
      pluginFor('silent', (scope) => scope.on.ingest.authorize(() => Promise.reject())),
    )
    await expect(node.run.ingest.authorize(aPublishRequest())).rejects.toMatchObject({
      code: 'LP_UNEXPECTED',
      plugin: 'silent',
      message: 'undefined was thrown instead of an error.',
    })
  })
})

describe('isolation', () => {
  it('loses no failure of handlers that run at the same time, and stops none of the others', async () => {
    const told: string[] = []
    await using node = await createTestNode(
      pluginFor('at-once', (scope) => {
        scope.on.ingest.opened(() => {
          throw new Error('one')
        })
      }),
      pluginFor('later', (scope) => scope.on.ingest.opened(async () => Promise.reject(new Error('two')))),
      pluginFor('well', (scope) => scope.on.ingest.opened(({ id }) => void told.push(id))),
    )
    await node.run.ingest.opened(aStream())
    expect(told).toEqual(['movie'])
    expect(node.isolated.map(({ plugin, message }) => [plugin, message])).toEqual([
      ['at-once', 'one'],
      ['later', 'two'],
    ])
    const errors = node.lines.filter(({ level }) => level === 'error')
    expect(errors.map(({ fields }) => [fields['hook'], fields['plugin']])).toEqual([
      ['ingest.opened', 'at-once'],
      ['ingest.opened', 'later'],
    ])
  })

  it('keeps the lists of the others', async () => {
    const candidate = { uri: 'https://127.0.0.1:1', trusted: true, origin: 'list' }
    await using node = await createTestNode(
      pluginFor('broken', (scope) => scope.on.session.discover(() => Promise.reject(new Error('dns')))),
      pluginFor('list', (scope) => scope.on.session.discover(() => [candidate])),
    )
    await expect(node.run.session.discover(aJobSpec())).resolves.toEqual([candidate])
    expect(node.isolated).toMatchObject([{ plugin: 'broken', hook: 'session.discover' }])
  })

  it('takes what an observer throws, at once or in an async function', async () => {
    let seen = 0
    await using node = await createTestNode(
      pluginFor('throws', (scope) => {
        scope.on.segment.reported(() => {
          throw new Error('at once')
        })
      }),
      // eslint-disable-next-line typescript/no-misused-promises -- what plugin authors will do all the same
      pluginFor('rejects', (scope) => scope.on.segment.reported(async () => Promise.reject(new Error('later')))),
      pluginFor('counts', (scope) => scope.on.segment.reported(() => void seen++)),
    )
    node.run.segment.reported(aSegmentReport())
    expect(seen).toBe(1)
    await new Promise((resolve) => setImmediate(resolve))
    const failed = node.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields['plugin'])
    expect(failed).toEqual(['throws', 'rejects'])
  })
})

describe('answers', () => {
  it.each([null, Promise.resolve(backend('x'))])('claim refuses %o', async (answer) => {
    await using node = await createTestNode(pluginFor('js', (scope) => scope.on.transcode.claim(wrong(answer))))
    expect(() => node.run.transcode.claim(aTranscodeSpec())).toThrow(
      expect.objectContaining({ code: 'LP_INVALID_ANSWER', plugin: 'js', hook: 'transcode.claim' }),
    )
  })

  it('decide and transform refuse null', async () => {
    await using node = await createTestNode(
      pluginFor('js', (scope) => {
        scope.on.ingest.authorize(wrong(null))
        scope.on.ingest.plan(wrong(Promise.resolve(null)))
      }),
    )
    const refused = { code: 'LP_INVALID_ANSWER', plugin: 'js' }
    await expect(node.run.ingest.authorize(aPublishRequest())).rejects.toMatchObject(refused)
    await expect(node.run.ingest.plan(aLadder(), aPublishRequest())).rejects.toMatchObject(refused)
  })

  it.each([null, 'https://127.0.0.1:1', {}])('collect refuses %o in place of a list', async (answer) => {
    await using node = await createTestNode(pluginFor('js', (scope) => scope.on.session.discover(wrong(answer))))
    await expect(node.run.session.discover(aJobSpec())).resolves.toEqual([])
    expect(node.isolated).toMatchObject([{ code: 'LP_INVALID_ANSWER', plugin: 'js' }])
  })

  it('a transform that returns nothing leaves the value as it is', async () => {
    await using node = await createTestNode(pluginFor('js', (scope) => scope.on.ingest.plan(wrong(undefined))))
    await expect(node.run.ingest.plan(aLadder(), aPublishRequest())).resolves.toEqual(aLadder())
  })
})
