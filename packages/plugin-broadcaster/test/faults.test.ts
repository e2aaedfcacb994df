import { create } from '@bufbuild/protobuf'
import { keySigner, NON_RETRYABLE_ERRORS, signResult, TicketParamsSchema } from '@livepeer-node/protocol'
import { aLadder, aMediaInfo, pluginFor } from '@livepeer-node/test-kit'
import { describe, expect, test } from 'vitest'
import {
  type Behaviour,
  OrchestratorDouble,
  renditionBytes,
  type SegmentAnswer,
} from './support/orchestrator-double.ts'
import { shape, startRig } from './support/rig.ts'

const COMPLETE = ['source', '360p', '240p']
const SOURCE_ONLY = ['source', '-360p', '-240p']

/** What one orchestrator does once, and the code under which it is reported. */
const ONCE: readonly [name: string, fault: (n: number) => SegmentAnswer, code: string][] = [
  ['a wrong count', (n) => (n === 0 ? { extra: -1 } : 'ok'), 'LP_RENDITION_COUNT'],
  ['too many renditions', (n) => (n === 0 ? { extra: 1 } : 'ok'), 'LP_RENDITION_COUNT'],
  ['a refusal', (n) => (n === 0 ? { status: 403, text: 'OrchestratorCapped' } : 'ok'), 'LP_ORCHESTRATOR_REFUSED'],
  ['an error in the result', (n) => (n === 0 ? { error: 'MismatchedSegments' } : 'ok'), 'LP_ORCHESTRATOR_REFUSED'],
  ['an empty answer', (n) => (n === 0 ? { body: new Uint8Array() } : 'ok'), 'LP_ORCHESTRATOR_ANSWER'],
  ['garbage', (n) => (n === 0 ? { body: Uint8Array.of(255, 255, 255) } : 'ok'), 'LP_MESSAGE_UNDECODABLE'],
]

describe.each(ONCE)('%s', (_, fault, code) => {
  test('is made good by the same orchestrator when it is the only one', async () => {
    await using orchestrator = await OrchestratorDouble.start({ segment: ({ n }) => fault(n) })
    await using rig = await startRig({ orchestrators: [orchestrator] })
    const stream = await rig.publish()
    stream.push()
    const [set] = await stream.until(1)
    expect(shape(set)).toEqual(COMPLETE)
    expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual([code, undefined])
    const [first, second] = orchestrator.segments.map(({ data }) => data.authToken?.sessionId)
    expect(second).not.toBe(first)
    expect(rig.codes()).toContain(code)
  })

  test('is made good by another', async () => {
    await using bad = await OrchestratorDouble.start({ segment: () => fault(0) })
    await using good = await OrchestratorDouble.start()
    await using rig = await startRig({ orchestrators: [bad, good] })
    const stream = await rig.publish()
    for (let n = 1; n <= 4; n++) {
      stream.push()
      await stream.until(n)
    }
    expect(stream.published.map(shape)).toEqual([COMPLETE, COMPLETE, COMPLETE, COMPLETE])
    expect(bad.segments.length).toBeLessThanOrEqual(1)
  })
})

test.each(NON_RETRYABLE_ERRORS)('"%s" is final: no other attempt, nobody is dropped', async (text) => {
  await using orchestrator = await OrchestratorDouble.start({ segment: ({ n }) => (n === 0 ? { error: text } : 'ok') })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  stream.push()
  const sets = await stream.until(2)
  expect(sets.map(shape)).toEqual([SOURCE_ONLY, COMPLETE])
  expect(rig.reports[0]?.attempts).toHaveLength(1)
  expect(orchestrator.asked).toHaveLength(1)
})

test('a text that only resembles a final one is tried again', async () => {
  await using orchestrator = await OrchestratorDouble.start({
    segment: ({ n }) => (n === 0 ? { error: 'No keyframes in input ' } : 'ok'),
  })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
})

test('after three attempts the renditions are marked missing with what the orchestrator said', async () => {
  await using orchestrator = await OrchestratorDouble.start({ segment: () => ({ error: 'out of coffee' }) })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(SOURCE_ONLY)
  expect(set?.renditions[1]).toMatchObject({ error: { code: 'LP_ORCHESTRATOR_REFUSED', wireText: 'out of coffee' } })
  expect(orchestrator.segments).toHaveLength(3)
  expect(rig.reports[0]).toMatchObject({ missing: ['360p', '240p'] })
})

const DOWNLOADS: readonly [string, Behaviour][] = [
  ['404', { download: (path) => (path.includes('240p') ? 404 : 200) }],
  ['a redirect', { download: (path) => (path.includes('240p') ? 302 : 200) }],
  ['hardly any bytes', { rendition: () => new Uint8Array(24) }],
]

test.each(DOWNLOADS)('a download that gives %s is tried again elsewhere', async (_, behaviour) => {
  await using bad = await OrchestratorDouble.start(behaviour)
  await using good = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [bad], plugins: [later(good)] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_DOWNLOAD_FAILED', undefined])
})

test('a result with a wrong signature or none is rejected, one with the right signature passes', async () => {
  const signer = keySigner(new Uint8Array(32).fill(1))
  const other = keySigner(new Uint8Array(32).fill(2))
  const address = signer.address
  const made = aLadder().map(({ name }) => renditionBytes(name, '0.ts'))
  const answers = [{ sig: await signResult(other, made) }, 'ok', { sig: await signResult(signer, made) }] as const
  await using orchestrator = await OrchestratorDouble.start({
    info: (info) => ({ ...info, address, ticketParams: create(TicketParamsSchema) }),
    segment: ({ n }) => answers[n] ?? 'ok',
  })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual([
    'LP_RESULT_SIGNATURE',
    'LP_RESULT_SIGNATURE',
    undefined,
  ])
})

test('a signature without an address to check it against is no objection', async () => {
  await using orchestrator = await OrchestratorDouble.start({ segment: () => ({ sig: new Uint8Array(65) }) })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(rig.reports[0]?.attempts).toHaveLength(1)
})

test('the token that comes with a result is the one for the next segment', async () => {
  const token = Uint8Array.of(1, 2, 3)
  await using orchestrator = await OrchestratorDouble.start({ segment: ({ n }) => (n === 0 ? { token } : 'ok') })
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  for (let n = 1; n <= 2; n++) {
    stream.push()
    await stream.until(n)
  }
  expect(orchestrator.segments[1]?.data.authToken?.token).toEqual(token)
})

/** Counts 60 frames of 640x360 in everything. */
const prober = pluginFor('prober', (node) =>
  node.on.segment.prober(() => ({
    probe: async () => aMediaInfo(),
    measure: async () => ({ frames: 60, pixels: 60 * 640 * 360 }),
  })),
)

test('localVerify compares pixels and drops who reports others', async () => {
  const honest = 60n * 640n * 360n
  await using liar = await OrchestratorDouble.start({ segment: () => ({ pixels: honest + 1n }) })
  await using good = await OrchestratorDouble.start({ segment: () => ({ pixels: honest }) })
  const options = { localVerify: true }
  await using rig = await startRig({ orchestrators: [liar], plugins: [prober, later(good)], options })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_VERIFY_PIXELS', undefined])
})

test('localVerify without anybody who decodes fails the start', async () => {
  await expect(startRig({ options: { localVerify: true } })).rejects.toMatchObject({ code: 'LP_NO_PROBER' })
})

test('verify.reject is asked, and its word counts', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  const seen: number[] = []
  const picky = pluginFor('picky', (node) =>
    node.on.verify.reject(({ renditions }) => {
      seen.push(renditions.length)
      return seen.length === 1 ? { code: 'LP_VERIFY_TASTE', why: 'ugly', drop: true } : undefined
    }),
  )
  await using rig = await startRig({ orchestrators: [orchestrator], plugins: [picky] })
  const stream = await rig.publish()
  stream.push()
  const [set] = await stream.until(1)
  expect(shape(set)).toEqual(COMPLETE)
  expect(seen).toEqual([2, 2])
  expect(rig.reports[0]?.attempts.map(({ error }) => error)).toEqual(['LP_VERIFY_TASTE', undefined])
})

test('an orchestrator that restarts in the middle of a stream costs no segment', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  await stream.until(1)
  await orchestrator.stop()
  stream.push()
  stream.push()
  await orchestrator.start()
  const sets = await stream.until(3)
  expect(sets.map(shape)).toEqual([COMPLETE, COMPLETE, COMPLETE])
})

test('a token that is refused all of a sudden is replaced', async () => {
  await using orchestrator = await OrchestratorDouble.start()
  await using rig = await startRig({ orchestrators: [orchestrator] })
  const stream = await rig.publish()
  stream.push()
  await stream.until(1)
  orchestrator.forgetTokens()
  stream.push()
  const sets = await stream.until(2)
  expect(sets.map(shape)).toEqual([COMPLETE, COMPLETE])
  expect(rig.node.lines).toContainEqual(
    expect.objectContaining({
      message: 'orchestrator dropped',
      fields: expect.objectContaining({ reason: expect.stringContaining('invalid auth token') }),
    }),
  )
})

/** An orchestrator that is named only from the second round of discovery on. */
function later(orchestrator: OrchestratorDouble) {
  return pluginFor('later', (node) => {
    let rounds = 0
    node.on.session.discover(() => {
      rounds += 1
      return rounds > 1 ? [{ uri: orchestrator.uri, trusted: true, origin: 'later' }] : []
    })
  })
}
