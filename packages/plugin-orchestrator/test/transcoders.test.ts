import {
  Capability,
  jobCapabilitiesMessage,
  nodeCapabilities,
  readProfiles,
  wordsToBits,
} from '@livepeer-node/protocol'
import { aLadder, someBytes } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { statusOf, whenAttached } from './support/node.ts'
import { attach, broadcaster, withRemote } from './support/set-up.ts'
import { type Delivery, partsFor } from './support/transcoder.ts'

const failsWith = async (error: string): Promise<Delivery> => ({ error })

describe('an attached transcoder', () => {
  it('gets the job as the reference sends it, and the source under the service URI', async () => {
    const started = await withRemote()
    const sources: Buffer[] = []
    const t = await attach(started, {
      work: async (job, self) => {
        sources.push((await self.fetch(job)).body)
        return { parts: partsFor(job) }
      },
    })
    const b = await broadcaster(started)
    const bytes = someBytes(700)
    const { result } = await b.segment({
      seq: 9n,
      bytes,
      durationMs: 1500,
      change: (data) => void (data.ForceSessionReinit = true),
    })
    expect(result.result.case).toBe('data')
    const [job] = t.jobs
    const session = b.info?.authToken?.sessionId
    expect(job).toMatchObject({ url: `${started.uri}/stream/${session}/9.tempfile`, orchId: 'offchain' })
    expect(job?.taskId).toBeTypeOf('bigint')
    expect(Buffer.from(job?.profiles ?? []).toString()).toBe('invalid')
    expect(job?.segData).toMatchObject({
      manifestId: new TextEncoder().encode('movie'),
      seq: 9n,
      duration: 1500,
      hash: new Uint8Array(32),
      sig: new Uint8Array(),
      storage: [],
      ForceSessionReinit: true,
      authToken: b.info?.authToken,
      capabilities: { bitstring: [4099n], capacities: { 0: 1, 1: 1, 12: 1 } },
    })
    expect(job?.segData && readProfiles(job.segData)).toEqual(aLadder())
    expect(sources[0]?.equals(bytes)).toBe(true)
    expect((await b.h2.get(`/stream/${session}/9.tempfile`)).status).toBe(404)
  })

  it('delivers renditions with their pixels and signatures', async () => {
    const started = await withRemote()
    const hash = Buffer.from('signature')
    await attach(started, {
      work: (job) =>
        Promise.resolve({
          parts: partsFor(job).map((part, i) => (i === 0 ? { ...part, perceptualHash: hash } : part)),
        }),
    })
    const b = await broadcaster(started)
    const { result } = await b.segment({ change: (data) => void (data.calcPerceptualHash = true) })
    const segments = result.result.case === 'data' ? result.result.value.segments : []
    expect(segments.map(({ pixels }) => pixels)).toEqual(
      aLadder().map(({ width, height }) => BigInt(60 * width * height)),
    )
    const [first, second] = segments.map(({ perceptualHashUrl }) => perceptualHashUrl)
    expect(first).toBe(`${segments[0]?.url}.phash`)
    expect(second).toBe('')
    expect((await b.h2.get(new URL(first ?? '').pathname)).body.toString()).toBe('signature')
  })

  it('says what went wrong, and that goes to the broadcaster unchanged once a second one says the same', async () => {
    const started = await withRemote()
    const [one, two] = [
      await attach(started, { work: () => failsWith('TranscoderInvalidVideo') }),
      await attach(started, { work: () => failsWith('TranscoderInvalidVideo') }),
    ]
    const b = await broadcaster(started)
    expect((await b.segment()).result.result).toEqual({ case: 'error', value: 'TranscoderInvalidVideo' })
    const three = await attach(started)
    expect([one, two, three].map(({ jobs }) => jobs.length)).toEqual([1, 1, 0])
    expect((await statusOf(started)).transcoders.map(({ load }) => load)).toEqual([0, 0, 0])
  })

  it('is told when a session of its ends, and its place is free again', async () => {
    const started = await withRemote()
    const t = await attach(started)
    const b = await broadcaster(started)
    await b.segment()
    expect((await statusOf(started)).transcoders[0]?.load).toBe(1)
    await b.end()
    await t.whenTeardown()
    expect(t.teardowns[0]).toMatchObject({
      url: '',
      segData: { authToken: { sessionId: b.info?.authToken?.sessionId } },
    })
    expect((await statusOf(started)).transcoders[0]?.load).toBe(0)
  })

  it('adds its capabilities to those of the node, and takes them away when it leaves', async () => {
    const started = await withRemote()
    const bits = async () => wordsToBits((await (await broadcaster(started)).discover()).capabilities?.bitstring ?? [])
    const hevc = 1n << BigInt(Capability.HEVC_Decode)
    expect((await bits()) & hevc).toBe(0n)
    const t = await attach(started, {
      capabilities: nodeCapabilities({ capabilities: [0, 1, 12, Capability.HEVC_Decode], version: '0.9.1' }),
    })
    expect((await bits()) & hevc).toBe(hevc)
    t.kill()
    await whenAttached(started, 0)
    expect((await bits()) & hevc).toBe(0n)
  })

  it('is sent home with OK when the orchestrator stops, so that it comes back', async () => {
    const started = await withRemote()
    const t = await attach(started)
    await started.node.stop()
    expect(await t.ended).toBe('ok')
  })
})

describe('the choice among transcoders', () => {
  it('stays with a session, and where nothing is measured takes who says that it takes most', async () => {
    const started = await withRemote()
    const large = await attach(started, { capacity: 4n })
    const small = await attach(started, { capacity: 2n })
    const b = await broadcaster(started)
    for (const seq of [0n, 1n, 2n]) await b.segment({ seq })
    expect([large.jobs.length, small.jobs.length]).toEqual([3, 0])
  })

  it('passes over those that lack a capability or are too old', async () => {
    const started = await withRemote()
    const plain = await attach(started, {
      capabilities: nodeCapabilities({ capabilities: [0, 1, 12], version: '0.9.1' }),
    })
    const able = await attach(started, {
      capabilities: nodeCapabilities({ capabilities: [0, 1, 2, 12, Capability.HEVC_Decode], version: '0.9.1' }),
    })
    const b = await broadcaster(started)
    const hevc = (1n << BigInt(Capability.HEVC_Decode)) | 4099n
    const asks = {
      change: (data: { capabilities?: unknown }) => void (data.capabilities = jobCapabilitiesMessage(hevc)),
    }
    expect((await b.segment(asks)).result.result.case).toBe('data')
    expect([plain.jobs.length, able.jobs.length]).toEqual([0, 1])
    able.kill()
    await whenAttached(started, 1)
    expect((await b.send(asks).answer).body.toString()).toBe('incompatible capabilities\n')
  })

  it('names who is missing: nobody, nobody with room, nobody who can', async () => {
    const started = await withRemote()
    const [a, b] = [await broadcaster(started), await broadcaster(started)]
    expect((await a.segment()).result.result.value).toBe('no transcoders available')
    await attach(started, {
      capacity: 1n,
      capabilities: nodeCapabilities({ capabilities: [0, 1, 12], version: '0.9.1' }),
    })
    expect((await a.segment()).result.result.case).toBe('data')
    expect((await b.segment()).result.result.value).toBe('no transcoders available')
    const mp4 = {
      change: (data: { capabilities?: unknown }) => void (data.capabilities = jobCapabilitiesMessage(4103n)),
    }
    expect((await b.segment(mp4)).result.result.value).toBe('no transcoders can provide requested capabilities')
  })

  it('auto takes as many sessions as the transcoders together', async () => {
    const started = await withRemote({ options: { maxSessions: 'auto' } })
    const first = await attach(started, { capacity: 1n })
    const [a, b] = [await broadcaster(started), await broadcaster(started)]
    await a.segment()
    expect((await b.send().answer).body.toString()).toBe('OrchestratorCapped\n')
    await attach(started, { capacity: 3n })
    expect((await statusOf(started)).maxSessions).toBe(4)
    expect((await b.segment()).result.result.case).toBe('data')
    first.kill()
    await whenAttached(started, 1)
    expect((await statusOf(started)).maxSessions).toBe(3)
  })
})
