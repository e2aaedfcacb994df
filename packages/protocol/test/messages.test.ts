import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import {
  AIWorker,
  CapabilitiesSchema,
  capabilityBits,
  DEFAULT_CAPABILITIES,
  decodeMessage,
  encodeMessage,
  jobCapabilities,
  jobCapabilitiesMessage,
  NotifySegmentSchema,
  Orchestrator,
  OrchestratorRequestSchema,
  offchainSigner,
  orchestratorRequest,
  PaymentSchema,
  REFERENCE_SOFTWARE_CAPABILITIES,
  RegisterRequestSchema,
  SegDataSchema,
  TicketRedeemer,
  TranscodeResultSchema,
  Transcoder,
  VideoProfileSchema,
  bitsToWords,
  toHex,
} from '../src/index.ts'
import { hex, keyOne, P144, profile, utf8 } from './support/values.ts'

const ZERO_ADDRESS = '00'.repeat(20)

describe('bytes of messages (wire.md §12.2)', () => {
  it('OrchestratorRequest off chain', async () => {
    const request = await orchestratorRequest(offchainSigner)
    expect(toHex(encodeMessage(OrchestratorRequestSchema, request))).toBe(`0a14${ZERO_ADDRESS}`)
  })

  it('OrchestratorRequest off chain with job capabilities', async () => {
    const input = { codec: 'h264', pixelFormat: 'yuv420p' }
    const bits = jobCapabilities({ input, ladder: [P144], segmentParameters: true })
    const request = await orchestratorRequest(offchainSigner, jobCapabilitiesMessage(bits))
    expect(toHex(encodeMessage(OrchestratorRequestSchema, request))).toBe(`0a14${ZERO_ADDRESS}1a080a0483a080202a00`)
  })

  it('Capabilities of a node', () => {
    const message = create(CapabilitiesSchema, {
      bitstring: bitsToWords(capabilityBits(DEFAULT_CAPABILITIES)),
      version: '0.9.1',
      constraints: { minVersion: '0.9.1' },
    })
    expect(toHex(encodeMessage(CapabilitiesSchema, message))).toBe('0a04ffbf81202205302e392e312a070a05302e392e31')
    const software = create(CapabilitiesSchema, {
      bitstring: bitsToWords(capabilityBits(REFERENCE_SOFTWARE_CAPABILITIES)),
    })
    expect(toHex(encodeMessage(CapabilitiesSchema, software))).toBe('0a06ffbf89ffdf02')
  })

  it('RegisterRequest, with and without the zero key of a map entry', () => {
    const written = '0a03666f6f100a1a180a01031a04080010011a04080110012205302e392e312a00'
    const message = create(RegisterRequestSchema, {
      secret: 'foo',
      capacity: 10n,
      capabilities: { bitstring: [3n], capacities: { 0: 1, 1: 1 }, version: '0.9.1', constraints: {} },
    })
    expect(toHex(encodeMessage(RegisterRequestSchema, message))).toBe(written)
    const keyless = '0a03666f6f100a1a160a01031a0210011a04080110012205302e392e312a00'
    expect(decodeMessage(RegisterRequestSchema, hex(keyless))).toEqual(message)
  })

  it('NotifySegment that ends a session', () => {
    const message = create(NotifySegmentSchema, { segData: { authToken: { sessionId: 'bar' } } })
    expect(toHex(encodeMessage(NotifySegmentSchema, message))).toBe('1a0742051203626172')
  })

  it('TranscodeResult with an error', () => {
    const message = create(TranscodeResultSchema, { seq: 5n, result: { case: 'error', value: 'OrchestratorBusy' } })
    expect(toHex(encodeMessage(TranscodeResultSchema, message))).toBe('080512104f7263686573747261746f7242757379')
  })

  it('VideoProfile with a negative GOP', () => {
    const message = create(VideoProfileSchema, { name: 'a', gop: -1 })
    expect(toHex(encodeMessage(VideoProfileSchema, message))).toBe('82010161c001ffffffffffffffffff01')
  })

  it('Payment without tickets', () => {
    const message = create(PaymentSchema, {
      sender: keyOne.address,
      expectedPrice: { pricePerUnit: 1n, pixelsPerUnit: 3n },
    })
    const written = '12147e5f4552091a69125d5dfcb7b8c2659029395bdf2a0408011003'
    expect(toHex(encodeMessage(PaymentSchema, message))).toBe(written)
  })

  it('keeps prices beyond 2^53', () => {
    const expectedPrice = { pricePerUnit: 9_007_199_254_740_993n, pixelsPerUnit: 1n }
    const message = create(PaymentSchema, { expectedPrice })
    expect(decodeMessage(PaymentSchema, encodeMessage(PaymentSchema, message)).expectedPrice).toMatchObject(
      expectedPrice,
    )
  })
})

describe('services', () => {
  it('have the paths of the reference', () => {
    const paths = [Orchestrator, Transcoder, AIWorker, TicketRedeemer].flatMap((service) =>
      service.methods.map((method) => `/${service.typeName}/${method.name} ${method.methodKind}`),
    )
    expect(paths).toEqual([
      '/net.Orchestrator/GetOrchestrator unary',
      '/net.Orchestrator/EndTranscodingSession unary',
      '/net.Orchestrator/Ping unary',
      '/net.Transcoder/RegisterTranscoder server_streaming',
      '/net.AIWorker/RegisterAIWorker server_streaming',
      '/net.TicketRedeemer/QueueTicket unary',
      '/net.TicketRedeemer/MaxFloat unary',
      '/net.TicketRedeemer/MonitorMaxFloat server_streaming',
    ])
  })
})

describe('values that do not fit', () => {
  it('are refused with a code when written', () => {
    const message = create(SegDataSchema, { duration: 2 ** 31 })
    expect(() => encodeMessage(SegDataSchema, message)).toThrow(
      expect.objectContaining({ code: 'LP_MESSAGE_UNENCODABLE' }),
    )
    expect(() =>
      encodeMessage(VideoProfileSchema, create(VideoProfileSchema, { bitrate: profile().bitrate + 0.5 })),
    ).toThrow(expect.objectContaining({ code: 'LP_MESSAGE_UNENCODABLE' }))
  })

  it('are refused with a code when read: text that is not UTF-8', () => {
    const notUtf8 = new Uint8Array([0x12, 2, 0xff, 0xfe])
    expect(() => decodeMessage(TranscodeResultSchema, notUtf8)).toThrow(
      expect.objectContaining({ code: 'LP_MESSAGE_UNDECODABLE' }),
    )
    expect(decodeMessage(TranscodeResultSchema, new Uint8Array([0x12, 2, ...utf8('é')])).result.value).toBe('é')
  })
})
