import { createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import {
  DEFAULT_CAPABILITIES,
  decodeMessage,
  encodeSegmentHeader,
  jobCapabilitiesMessage,
  keccak256,
  Orchestrator,
  type OrchestratorInfo,
  segmentData,
  type TranscodeResult,
  TranscodeResultSchema,
} from '@livepeer-node/protocol'
import { generateClip, inspect } from '@livepeer-node/media'
import cpuX264 from '@livepeer-node/plugin-cpu-x264'
import orchestratorPlugin from '@livepeer-node/plugin-orchestrator'
import type { Plugin } from '@livepeer-node/sdk'
import { aLadder, aTranscodeResult, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { Agent, request } from 'undici'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import transcoder from '../src/index.ts'
import { FakeBackend, Held } from './support.ts'

const SECRET = 'shared'
const signal = new AbortController().signal
let agent: Agent
let nodes: TestNode[]

beforeEach(() => {
  agent = new Agent({ connect: { rejectUnauthorized: false } })
  nodes = []
})

afterEach(async () => {
  for (const node of nodes.toReversed()) await node.stop()
  await agent.destroy()
})

async function started(...plugins: Plugin[]): Promise<TestNode> {
  const node = await createTestNode(...plugins)
  nodes.push(node)
  return node
}

async function orchestratorOf(node: TestNode): Promise<string> {
  const found = (await node.endpoints()).find(({ name }) => name === 'orchestrator')
  if (!found) throw new Error('the node has no orchestrator')
  return found.url
}

/** A broadcaster's session, as far as these tests need one. */
class Broadcaster {
  readonly #uri: string
  #info: OrchestratorInfo | undefined

  constructor(uri: string) {
    this.#uri = uri
  }

  async send(seq: bigint, bytes: Uint8Array): Promise<TranscodeResult> {
    this.#info ??= await this.#session()
    const data = segmentData({
      manifestId: Buffer.from('movie'),
      seq,
      hash: keccak256(bytes),
      durationMs: 2000,
      ladder: aLadder(),
      capabilities: jobCapabilitiesMessage(4099n),
      ...(this.#info.authToken && { authToken: this.#info.authToken }),
    })
    const headers = { 'livepeer-segment': encodeSegmentHeader(data), 'content-type': 'video/MP2T' }
    const response = await request(`${this.#uri}/segment`, { method: 'POST', dispatcher: agent, headers, body: bytes })
    return decodeMessage(TranscodeResultSchema, new Uint8Array(await response.body.arrayBuffer()))
  }

  async #session(): Promise<OrchestratorInfo> {
    const nodeOptions = { rejectUnauthorized: false }
    const transport = createGrpcTransport({ baseUrl: this.#uri, nodeOptions, idleConnectionTimeoutMs: 500 })
    const capabilities = jobCapabilitiesMessage(4099n)
    return await createClient(Orchestrator, transport).getOrchestrator({ address: new Uint8Array(20), capabilities })
  }
}

function renditions({ result }: TranscodeResult): Promise<Buffer[]> {
  if (result.case !== 'data') throw new Error(`no renditions: ${String(result.value)}`)
  return Promise.all(
    result.value.segments.map(async ({ url }) => {
      const { body } = await request(url, { dispatcher: agent })
      return Buffer.from(await body.arrayBuffer())
    }),
  )
}

async function attached(orchestrator: TestNode, count: number): Promise<void> {
  const gone = 'transcoder gone'
  const lines = () => orchestrator.lines.map(({ message }) => message)
  const there = () =>
    lines().filter((line) => line === 'transcoder attached').length - lines().filter((line) => line === gone).length
  await expect.poll(there, { timeout: 10_000 }).toBe(count)
}

const fake = (name: string) => {
  const backend = new FakeBackend(name)
  return { backend, plugin: backend.plugin({ capabilities: DEFAULT_CAPABILITIES }) }
}

describe('attached to plugin-orchestrator', () => {
  let orchestrator: TestNode
  let orchAddr: string
  let broadcaster: Broadcaster

  beforeEach(async () => {
    orchestrator = await started(orchestratorPlugin({ serviceAddr: '127.0.0.1:0', orchSecret: SECRET }))
    orchAddr = (await orchestratorOf(orchestrator)).replace('https://', '')
    broadcaster = new Broadcaster(`https://${orchAddr}`)
  })

  const attach = (plugin: Plugin, orchSecret = SECRET) =>
    started(plugin, transcoder({ orchAddr, orchSecret, calibrate: false }))

  test('a segment goes there and back', async () => {
    const { backend, plugin } = fake('a')
    await attach(plugin)
    await attached(orchestrator, 1)
    const results = await renditions(await broadcaster.send(0n, Buffer.from('video')))
    expect(results).toEqual(aTranscodeResult().renditions.map(({ bytes }) => Buffer.from(bytes)))
    expect(Buffer.from(backend.calls[0]?.segment.bytes ?? []).toString()).toBe('video')
    await broadcaster.send(1n, Buffer.from('more'))
    expect(backend.opened).toHaveLength(1)
  })

  test('one that stops in the middle of a segment costs nothing when there is another', async () => {
    const [one, two] = [fake('one'), fake('two')]
    one.backend.answer = new Held().answer
    const first = await attach(one.plugin)
    await attached(orchestrator, 1)
    const answer = broadcaster.send(0n, Buffer.from('video'))
    await expect.poll(() => one.backend.calls.length).toBe(1)
    await attach(two.plugin)
    await attached(orchestrator, 2)
    await first.stop()
    expect((await answer).result.case).toBe('data')
    expect(two.backend.calls).toHaveLength(1)
  })

  test('one that drains finishes its segment; the next goes to another, and then it leaves', async () => {
    const [one, two] = [fake('one'), fake('two')]
    const held = new Held()
    one.backend.answer = held.answer
    const first = await attach(one.plugin)
    await attached(orchestrator, 1)
    const answer = broadcaster.send(0n, Buffer.from('video'))
    await expect.poll(() => one.backend.calls.length).toBe(1)
    await attach(two.plugin)
    await attached(orchestrator, 2)
    const drained = first.drain(signal)
    held.finish()
    expect((await answer).result.case).toBe('data')
    await expect.poll(() => orchestrator.lines.map(({ message }) => message)).toContain('transcoder drains')
    expect((await broadcaster.send(1n, Buffer.from('more'))).result.case).toBe('data')
    await drained
    await attached(orchestrator, 1)
    expect([one.backend.calls.length, two.backend.calls.length]).toEqual([1, 1])
  })

  test('a wrong secret is told on both sides, and nothing is attached', async () => {
    const stranger = await attach(fake('stranger').plugin, 'wrong')
    await expect.poll(() => stranger.lines.map(({ fields }) => fields['code'])).toContain('LP_SECRET_REFUSED')
    expect(orchestrator.lines.map(({ message }) => message)).not.toContain('transcoder attached')
  })

  test('it attaches again to an orchestrator that was restarted on its address', async () => {
    await attach(fake('a').plugin)
    await attached(orchestrator, 1)
    await orchestrator.stop()
    const again = await started(orchestratorPlugin({ serviceAddr: orchAddr, orchSecret: SECRET }))
    await attached(again, 1)
    expect((await new Broadcaster(`https://${orchAddr}`).send(0n, Buffer.from('video'))).result.case).toBe('data')
  })

  test('the real encoder makes what was asked for', async () => {
    await attach(cpuX264({ preset: 'ultrafast' }))
    await attached(orchestrator, 1)
    const clip = await generateClip({ seconds: 1, width: 640, height: 360, fps: 30 })
    const [first] = await renditions(await broadcaster.send(0n, clip))
    const { video } = await inspect(first ?? Buffer.alloc(0))
    expect(video?.frames).toHaveLength(30)
  })
})

test('in the orchestrator’s process there is no second hop', async () => {
  const { backend, plugin } = fake('local')
  const node = await started(
    plugin,
    transcoder({ calibrate: false }),
    orchestratorPlugin({ serviceAddr: '127.0.0.1:0' }),
  )
  const results = await renditions(await new Broadcaster(await orchestratorOf(node)).send(0n, Buffer.from('video')))
  expect(results).toHaveLength(2)
  expect(backend.calls).toHaveLength(1)
})
