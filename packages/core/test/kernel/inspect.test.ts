import { createTestNode, pluginFor, prepareTestNode } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'

const plugins = () => [
  pluginFor('@x/plugin-roles', (scope) => scope.on.ingest.opened(() => {}), {
    runs: ['transcode'],
    requires: ['backend'],
    roles: ['transcoder'],
  }),
  pluginFor('x264', (scope) => scope.on.transcode.claim(() => undefined, { stage: 'fallback' }), {
    provides: ['backend'],
  }),
  pluginFor('nvenc', (scope) => scope.on.transcode.claim(() => undefined), { provides: ['backend'], kernel: '>=0.1' }),
]

it('shows plugins in the order in which they were applied', async () => {
  await using node = await createTestNode(...plugins())
  expect(node.composition().plugins).toEqual([
    {
      name: 'x264',
      shortName: 'x264',
      version: undefined,
      kernel: '*',
      provides: ['backend'],
      requires: [],
      runs: [],
      roles: [],
      handlers: 1,
    },
    expect.objectContaining({ name: 'nvenc', kernel: '>=0.1', handlers: 1 }),
    expect.objectContaining({
      name: '@x/plugin-roles',
      shortName: 'roles',
      requires: ['backend'],
      runs: ['transcode'],
      roles: ['transcoder'],
      handlers: 1,
    }),
  ])
})

it('shows each hook with its handlers in running order, who runs it, and what silence means', async () => {
  await using node = await createTestNode(...plugins())
  const hooks = new Map(node.composition().hooks.map((hook) => [hook.name, hook]))
  expect(hooks.get('transcode.claim')).toEqual({
    name: 'transcode.claim',
    kind: 'claim',
    args: ['spec'],
    handlers: [
      { plugin: 'nvenc', stage: 'normal' },
      { plugin: 'x264', stage: 'fallback' },
    ],
    unanswered: 'LP_NO_BACKEND, the segment fails',
    deadlineMs: undefined,
    runBy: ['@x/plugin-roles'],
  })
  expect(hooks.get('verify.reject')).toMatchObject({ handlers: [], runBy: [], deadlineMs: 10_000 })
  expect(hooks.get('lifecycle.ready')).toMatchObject({ runBy: ['kernel'] })
})

it('shows an installed plugin with its version, before the start too', async () => {
  await using node = await prepareTestNode({ plugins: [pluginFor('@livepeer-node/sdk', () => {})] })
  expect(node.composition().plugins).toMatchObject([{ shortName: 'sdk', version: '0.1.0', handlers: 0 }])
})

it('is plain data', async () => {
  await using node = await createTestNode(...plugins())
  const composition = node.composition()
  expect(JSON.parse(JSON.stringify(composition))).toMatchObject({ hooks: { length: composition.hooks.length } })
})
