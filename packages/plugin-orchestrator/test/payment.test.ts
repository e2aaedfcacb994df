import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from '@bufbuild/protobuf'
import {
  decodeMessage,
  encodePaymentHeader,
  encodeSegmentHeader,
  ethVerifier,
  jobCapabilitiesMessage,
  keccak256,
  type OrchestratorInfo,
  orchestratorRequest,
  PaymentResultSchema,
  PaymentSchema,
  recoverAddress,
  segmentData,
  signSegmentData,
  toHex,
  type TranscodeResult,
  verifyResult,
} from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'
import { aLadder, someBytes } from '@livepeer-node/test-kit'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { resultOf, TestBroadcaster } from './support/broadcaster.ts'
import type { Answer } from './support/h2.ts'
import { HeldTranscoder, QuickTranscoder } from './support/local.ts'
import { localPlugin, loggedCodes, type Started, startOrchestrator } from './support/node.ts'
import { ScriptedPayee, signerOf } from './support/payee.ts'

const alice = signerOf(1)
const mallory = signerOf(9)
const PIXELS = BigInt(60 * 640 * 360 + 60 * 426 * 240)

let payee: ScriptedPayee
let transcoder: HeldTranscoder
let started: Started
let b: TestBroadcaster
let info: OrchestratorInfo

beforeEach(async () => {
  payee = new ScriptedPayee()
  transcoder = new HeldTranscoder()
  started = await startOrchestrator({}, { plugins: [localPlugin(transcoder), payee.plugin] })
  const { node, uri } = started
  b = new TestBroadcaster(uri)
  onTestFinished(async () => {
    b.close()
    await node.stop()
  })
  info = await b.rpc.getOrchestrator(await orchestratorRequest(alice))
  payee.log.length = 0
})

interface Sent {
  readonly signer?: typeof alice
  readonly payment?: string
  readonly body?: Uint8Array
  readonly token?: OrchestratorInfo['authToken'] | null
  readonly path?: string
}

/** A signed segment with a payment. */
async function send(sent: Sent = {}, to = b) {
  const { signer = alice, payment, body = someBytes(), token = info.authToken, path } = sent
  const data = segmentData({
    manifestId: new TextEncoder().encode('movie'),
    seq: 4n,
    hash: keccak256(someBytes()),
    durationMs: 2000,
    ladder: aLadder(),
    capabilities: jobCapabilitiesMessage(4099n),
    ...(token && { authToken: token }),
  })
  const headers = {
    ':method': 'POST',
    ':path': path ?? '/segment',
    'livepeer-segment': encodeSegmentHeader(await signSegmentData(signer, data)),
    'livepeer-payment': payment ?? encodePaymentHeader(create(PaymentSchema, { sender: alice.address })),
    'content-type': 'video/MP2T',
  }
  return to.h2.call(headers, body)
}

async function transcoded(): Promise<{ answer: Answer; result: TranscodeResult }> {
  const call = await send()
  const running = await transcoder.started(0)
  running.finish()
  const answer = await call.answer
  return { answer, result: resultOf(answer) }
}

function refusal(code: string, wireText?: string) {
  return new LivepeerError({ code, kind: 'peer', message: 'No.', ...(wireText !== undefined && { wireText }) })
}

async function expectRefused(sent: Sent, status: number, text: string): Promise<void> {
  const answer = await (await send(sent)).answer
  expect([answer.status, answer.body.toString()]).toEqual([status, `${text}\n`])
}

const seedOf = (of: OrchestratorInfo | undefined) => toHex(of?.ticketParams?.seed ?? new Uint8Array())

describe('GetOrchestrator', () => {
  it('says who it is, what it costs and on which terms', () => {
    expect(info.address).toEqual(payee.address)
    expect([info.priceInfo?.pricePerUnit, info.priceInfo?.pixelsPerUnit]).toEqual([3n, 2n])
    expect(seedOf(info)).toBe('01')
    expect(payee.quotes).toEqual([{ sender: alice.address }])
  })

  it('is for those alone who sign it', async () => {
    const forged = { ...(await orchestratorRequest(mallory)), address: alice.address }
    await expect(b.rpc.getOrchestrator(forged)).rejects.toMatchObject({
      rawMessage: 'Invalid orchestrator request: orchestrator req sig check failed',
    })
    await expect(b.rpc.getOrchestrator({ address: alice.address })).rejects.toThrow(/sig check failed/)
    expect(payee.quotes).toHaveLength(1)
  })

  it('tells why there are no terms, as it is', async () => {
    payee.quoteErrors.push(refusal('LP_SENDER_RESERVE', 'insufficient sender reserve'))
    await expect(b.rpc.getOrchestrator(await orchestratorRequest(alice))).rejects.toMatchObject({
      rawMessage: 'insufficient sender reserve',
    })
    expect(loggedCodes(started)).toContain('LP_SENDER_RESERVE')
  })

  it('has a Ping that is signed', async () => {
    const { value } = await b.rpc.ping({ value: someBytes(7) })
    expect(recoverAddress(keccak256(someBytes(7)), value)).toEqual(payee.address)
  })
})

describe('a paid segment', () => {
  it('is charged for what was encoded, and its answer has new terms', async () => {
    const { result } = await transcoded()
    expect(result.result.case).toBe('data')
    expect(payee.debits).toEqual([PIXELS])
    expect(payee.log).toEqual(['quote', 'receive', 'debit', 'quote'])
    expect(seedOf(result.info)).toBe('03')
    expect(result.info?.authToken).toEqual(info.authToken)
    const { sessionId } = info.authToken ?? {}
    expect(payee.quotes.at(-1)).toEqual({ sender: alice.address, sessionId })
    expect(payee.received.map((payment) => payment.sessionId)).toEqual([sessionId])
  })

  it('has the credit in its early answer', async () => {
    const call = await send()
    const running = await transcoder.started(0)
    expect((await call.headers)['livepeer-node-credit']).toBe('5/2')
    running.finish()
    await call.answer
  })

  it('is signed', async () => {
    const { result } = await transcoded()
    const data = result.result.case === 'data' ? result.result.value : undefined
    const renditions = await Promise.all(
      (data?.segments ?? []).map(async ({ url }) => (await b.h2.get(new URL(url).pathname)).body),
    )
    const signature = data?.sig ?? new Uint8Array()
    expect(renditions).toHaveLength(2)
    expect(() => verifyResult(ethVerifier, { info, renditions, signature })).not.toThrow()
    const other = renditions.map(() => someBytes(9))
    expect(() => verifyResult(ethVerifier, { info, renditions: other, signature })).toThrow(
      expect.objectContaining({ code: 'LP_RESULT_SIGNATURE' }),
    )
  })

  it('that failed is charged nothing', async () => {
    const call = await send()
    const running = await transcoder.started(0)
    running.fail(new Error('no'))
    const result = resultOf(await call.answer)
    expect(result.result.case).toBe('error')
    expect(payee.debits).toEqual([0n])
    expect(seedOf(result.info)).toBe('03')
  })

  it('has the terms from before it when there are no newer ones', async () => {
    payee.quoteErrors.push(undefined, refusal('LP_TICKET_ROUND'))
    const { result } = await transcoded()
    expect(result.result.case).toBe('data')
    expect(seedOf(result.info)).toBe('02')
    expect(loggedCodes(started)).toContain('LP_TICKET_ROUND')
  })

  it('ends for the payee too when its session does', async () => {
    await transcoded()
    await b.end(info.authToken)
    expect(payee.ended).toEqual([info.authToken?.sessionId])
  })
})

describe('a segment is refused', () => {
  it('with 402 when its payment cannot be read', async () => {
    const answer = await (await send({ payment: 'foo!' })).answer
    expect([answer.status, answer.body.toString()]).toEqual([402, expect.stringContaining('base64')])
  })

  it('with 403 when who pays has not signed it', async () => {
    await expectRefused({ signer: mallory }, 403, 'ErrSegSig')
    await expectRefused({ payment: '' }, 403, 'ErrSegSig')
    expect(payee.log).toEqual([])
  })

  it('with 403 without its token, which keeps its tickets the broadcaster’s', async () => {
    await expectRefused({ token: null }, 403, 'missing auth token')
    expect(payee.log).toEqual([])
  })

  it('with 500 when there are no terms, before its payment is taken', async () => {
    payee.quoteErrors.push(refusal('LP_SENDER_RESERVE', 'insufficient sender reserve'))
    const answer = await (await send()).answer
    expect(answer.status).toBe(500)
    expect(payee.log).toEqual(['quote'])
  })

  it('with 400 and the payee’s words when its payment is no good', async () => {
    payee.refusal = refusal('LP_TICKET_EXPIRED', 'TicketParams expired')
    await expectRefused({}, 400, 'TicketParams expired')
    expect(started.node.lines.at(-1)?.fields).toMatchObject({ sender: expect.stringContaining('0x') })
    expect(payee.debits).toEqual([])
  })

  it('with 403 after its payment when the body is another one, and is charged nothing', async () => {
    await expectRefused({ body: someBytes(77) }, 403, 'Forbidden')
    expect(payee.log).toEqual(['quote', 'receive', 'debit'])
    expect(payee.debits).toEqual([0n])
  })
})

describe('work that is paid for', () => {
  it('ends, and is charged nothing, when its answer cannot even be begun', async () => {
    payee.headers = { 'not a header': '1' }
    const answer = await (await send()).answer
    expect(answer.status).toBe(500)
    expect(payee.debits).toEqual([0n])
  })
})

describe('POST /payment', () => {
  it('credits the stream, and answers with new terms', async () => {
    const answer = await (await send({ path: '/payment', body: new Uint8Array() })).answer
    expect(answer.status).toBe(200)
    const result = decodeMessage(PaymentResultSchema, answer.body)
    expect([seedOf(result.info), result.info?.authToken]).toEqual(['02', info.authToken])
    expect(payee.credited.map(({ sessionId }) => sessionId)).toEqual(['movie'])
    expect(payee.received).toEqual([])
  })

  it('refuses what the payee refuses', async () => {
    payee.refusal = refusal('LP_TICKET_RECIPIENT', 'invalid ticket recipient')
    await expectRefused({ path: '/payment', body: new Uint8Array() }, 400, 'invalid ticket recipient')
  })
})

describe('a restart', () => {
  it('ends no session that is paid for: its token is good as before', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'paid-orchestrator-'))
    onTestFinished(() => rm(dataDir, { recursive: true }))
    const start = () => startOrchestrator({}, { plugins: [localPlugin(new QuickTranscoder()), payee.plugin], dataDir })
    const first = await start()
    const before = new TestBroadcaster(first.uri)
    const { authToken } = await before.rpc.getOrchestrator(await orchestratorRequest(alice))
    before.close()
    await first.node.stop()
    expect((await stat(join(dataDir, 'session-secret'))).mode & 0o077).toBe(0)

    const second = await start()
    onTestFinished(() => second.node.stop())
    const after = new TestBroadcaster(second.uri)
    onTestFinished(() => after.close())
    const call = await send({ token: authToken ?? null }, after)
    expect((await call.answer).status).toBe(200)
  })
})
