import { LivepeerError } from '@livepeer-node/sdk'
import { aProfile, pluginFor } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { startRig } from './support/rig.ts'

test('a second publisher of a live id is refused, the first goes on', async () => {
  await using rig = await startRig()
  const first = await rig.publish()
  await expect(rig.publish()).rejects.toMatchObject({ code: 'LP_STREAM_EXISTS' })
  expect(first.publication.signal.aborted).toBe(false)
  first.push()
  await first.until(1)
})

test('no more streams than maxSessions, and room again when one ends', async () => {
  await using rig = await startRig({ options: { maxSessions: 2 } })
  const a = await rig.publish({ playbackId: 'a' })
  await rig.publish({ playbackId: 'b' })
  await expect(rig.publish({ playbackId: 'c' })).rejects.toMatchObject({
    code: 'LP_STREAM_LIMIT',
    observed: 2,
    limit: 2,
  })
  await a.publication.close('ended')
  await rig.publish({ playbackId: 'c' })
})

test('publishers that come at the same moment cannot pass the limit or share an id', async () => {
  await using rig = await startRig({ options: { maxSessions: 2 } })
  const ids = ['a', 'a', 'b', 'c']
  const outcomes = await Promise.allSettled(ids.map((playbackId) => rig.publish({ playbackId })))
  expect(outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'in'))).toEqual([
    'in',
    'LP_STREAM_EXISTS',
    'in',
    'LP_STREAM_LIMIT',
  ])
})

test('without a segmenter a publisher is refused and nothing is left of it', async () => {
  await using rig = await startRig({ segmenter: false })
  await expect(rig.publish()).rejects.toMatchObject({ code: 'LP_NO_SEGMENTER' })
  const [status] = await rig.node.run.lifecycle.status()
  expect(status?.data).toMatchObject({ streams: [] })
})

test.each(['a/b', '../up', '.hidden', 'two words', 'q?x', 'a%2fb', '-dash', 'x'.repeat(129), 'na\u0000me'])(
  'the playback id %j is refused',
  async (playbackId) => {
    await using rig = await startRig()
    await expect(rig.publish({ playbackId })).rejects.toMatchObject({ code: 'LP_PLAYBACK_ID_INVALID' })
  },
)

test('a stream without a name gets one of eight hex digits', async () => {
  await using rig = await startRig()
  const { publication } = await rig.publish({ playbackId: undefined })
  expect(publication.stream.id).toMatch(/^[0-9a-f]{8}$/)
})

test('stream keys are taken as secrets, and the key is not the name', async () => {
  await using rig = await startRig({ options: { streamKeys: { movie: 'open-sesame' } } })
  await expect(rig.publish({ playbackId: 'movie' })).rejects.toMatchObject({ code: 'LP_STREAM_KEY' })
  const { publication } = await rig.publish({ playbackId: 'open-sesame' })
  expect(publication.stream.id).toBe('movie')
  expect(JSON.stringify(rig.node.lines)).not.toContain('open-sesame')
})

test('an authorising plugin decides instead of the keys: refuses, renames, gives a ladder', async () => {
  const no = new LivepeerError({ code: 'LP_TEST_NO', kind: 'input', message: 'No.' })
  const gate = pluginFor('gate', (node) =>
    node.on.ingest.authorize(({ playbackId }) =>
      playbackId === 'out'
        ? { allow: false, error: no }
        : { allow: true, playbackId: 'renamed', ladder: [aProfile({ name: 'own' })] },
    ),
  )
  const options = { streamKeys: { movie: 'secret' } }
  await using rig = await startRig({ plugins: [gate], options, plan: false })
  await expect(rig.publish({ playbackId: 'out' })).rejects.toMatchObject({ code: 'LP_TEST_NO' })
  const { publication } = await rig.publish({ playbackId: 'any' })
  expect(publication.stream).toMatchObject({ id: 'renamed', ladder: [{ name: 'own' }] })
})

test('a ladder with a name that peers could not store is refused', async () => {
  await using rig = await startRig({ ladder: [aProfile({ name: 'mylive' })] })
  await expect(rig.publish()).rejects.toMatchObject({ code: 'LP_RENDITION_NAME' })
})

test('ingest.opened and ingest.closed tell of a stream', async () => {
  const opened: string[] = []
  const watch = pluginFor('watch', (node) =>
    node.on.ingest.opened((stream) => {
      opened.push(stream.id)
    }),
  )
  await using rig = await startRig({ plugins: [watch] })
  const { publication } = await rig.publish()
  expect(opened).toEqual(['movie'])
  await publication.close('lost')
  expect(rig.closed).toEqual(['movie lost'])
})

test('a bad orchestrator address fails the start', async () => {
  await expect(startRig({ options: { orchAddr: 'https://h/path' } })).rejects.toMatchObject({
    code: 'LP_ADDRESS_INVALID',
  })
})
