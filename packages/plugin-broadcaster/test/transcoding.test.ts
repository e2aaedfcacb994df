import { decodeSegmentHeader, keccak256, readProfiles } from '@livepeer-node/protocol'
import { aLadder, aMediaInfo, aProfile, aVideoInfo, pluginFor, someBytes } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import { OrchestratorDouble, renditionBytes } from './support/orchestrator-double.ts'
import { shape, startRig } from './support/rig.ts'

test('a segment goes out and comes back as a set: source first, then the ladder in order', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  const sent = stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(['source', '360p', '240p'])
  expect(set?.renditions[0]).toMatchObject({ ok: true, bytes: sent.bytes, profile: undefined })
  expect(set?.renditions[1]).toMatchObject({ bytes: Buffer.from(renditionBytes('360p', '0.ts')), format: 'mpegts' })
  expect(set?.renditions[2]).toMatchObject({ bytes: Buffer.from(renditionBytes('240p', '0.ts')) })
  expect(rig.reports).toMatchObject([
    { streamId: 'movie', seq: 0, missing: [], attempts: [{ orchestrator: orchestrator.uri, error: undefined }] },
  ])
})

test('what is sent is what wire.md §6 asks for', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  const sent = stream.push({ durationMs: 1999.7 })
  await stream.until(1)
  const call = orchestrator.segments[0]
  expect(call?.httpVersion).toBe('2.0')
  expect(call?.headers).toMatchObject({ 'content-type': 'video/MP2T', 'livepeer-payment': '' })
  expect(call?.bytes).toEqual(Buffer.from(sent.bytes))
  const data = decodeSegmentHeader(String(call?.headers['livepeer-segment']))
  expect(new TextDecoder().decode(data.manifestId)).toBe('movie')
  expect(data).toMatchObject({ seq: 0n, duration: 1999, hash: keccak256(sent.bytes), sig: new Uint8Array() })
  expect(data.capabilities?.bitstring).toEqual([4099n])
  expect(readProfiles(data)).toEqual(aLadder())
  const asked = orchestrator.asked[0]
  expect(asked).toMatchObject({ address: new Uint8Array(20), sig: new Uint8Array() })
  expect(asked?.capabilities?.bitstring).toEqual([4099n])
})

test('one connection for segments and results and one for calls carry a whole stream', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  for (let n = 1; n <= 6; n++) {
    stream.push()
    await stream.until(n)
  }
  expect(orchestrator.connections).toBe(2)
  expect(orchestrator.asked).toHaveLength(1)
})

test('orchestrators are found and dialled before the first segment is there', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  await rig.publish()
  await orchestrator.until((double) => double.asked.length === 1 && double.warmed === 1)
  expect(orchestrator.segments).toHaveLength(0)
})

test('segments finish in any order and are published in theirs', async () => {
  const first = Promise.withResolvers<'ok'>()
  await using slow = await OrchestratorDouble.start({ segment: ({ data }) => (data.seq === 0n ? first.promise : 'ok') })
  await using rig = await startRig({ orchestrators: [slow] })
  const stream = await rig.publish()
  for (let n = 0; n < 3; n++) stream.push()
  await slow.until((double) => double.segments.length >= 2)
  expect(stream.published).toHaveLength(0)
  first.resolve('ok')
  const sets = await stream.until(3)
  expect(sets.map(({ seq }) => seq)).toEqual([0, 1, 2])
})

test('a refusal that comes before the body is read is understood, also with a large segment', async () => {
  await using orchestrator = await OrchestratorDouble.start({ refuse: { status: 403, text: 'No keyframes in input' } })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push({ bytes: someBytes(30_000) })
  const [set] = await stream.until(1)
  expect(set?.renditions[1]).toMatchObject({ ok: false, error: { wireText: 'No keyframes in input' } })
  expect(rig.reports[0]?.attempts).toHaveLength(1)
})

test('a stream without renditions publishes its source and asks nobody', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator], ladder: [] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(['source'])
  expect(orchestrator.asked).toHaveLength(0)
})

test('maxAttempts 0 never transcodes, whatever ladder is planned', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  const options = { maxAttempts: 0 }
  await using rig = await startRig({ orchestrators: [orchestrator], options })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(['source'])
  expect(orchestrator.asked).toHaveLength(0)
})

test('an unusual picture is sent only to an orchestrator that can decode it', async () => {
  await using plain = await OrchestratorDouble.start()
  await using able = await OrchestratorDouble.start({
    getOrchestrator: () => plain.until((double) => double.warmed > 0),
    info: (info) => ({
      ...info,
      ...(info.capabilities && { capabilities: { ...info.capabilities, bitstring: [2n ** 26n - 1n] } }),
    }),
  })
  await using rig = await startRig({ orchestrators: [plain, able] })
  const stream = await rig.publish()
  await able.until((double) => double.warmed > 0)
  stream.push({ probe: aMediaInfo({ video: aVideoInfo({ pixelFormat: 'yuv422p' }) }) })
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(['source', '360p', '240p'])
  expect(plain.segments).toHaveLength(0)
  expect(able.segments[0]?.data.capabilities?.bitstring).toEqual([4099n | (1n << 22n)])
})

test('an MP4 rendition comes back as MP4', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator], ladder: [aProfile({ name: 'a', format: 'mp4' })] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(set?.renditions[1]).toMatchObject({ ok: true, name: 'a', format: 'mp4' })
})

test('segment.received may change a segment before it is sent; one that throws costs the renditions alone', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  const label = pluginFor('label', (node) =>
    node.on.segment.received((segment) => {
      if (segment.seq === 1) throw new Error('no label')
      return { ...segment, bytes: someBytes(9), seq: 77 }
    }),
  )
  await using rig = await startRig({ orchestrators: [orchestrator], plugins: [label] })
  const stream = await rig.publish()
  stream.push()
  stream.push()
  const sets = await stream.until(2)
  expect(orchestrator.segments).toHaveLength(1)
  expect(orchestrator.segments[0]?.bytes).toEqual(Buffer.from(someBytes(9)))
  expect(sets.map(({ seq }) => seq)).toEqual([0, 1])
  expect(shape(sets[1])).toEqual(['source', '-360p', '-240p'])
})
