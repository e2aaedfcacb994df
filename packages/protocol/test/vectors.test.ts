import { type DescMessage, fromBinary, type MessageShape, toBinary, toJson } from '@bufbuild/protobuf'
import { describe, expect, it, test } from 'vitest'
import {
  bitsToWords,
  Capability,
  capabilityBits,
  capabilityNumbers,
  ethVerifier,
  jobCapabilities,
  nodeCapabilities,
  OrchestratorRequestSchema,
  PaymentSchema,
  readProfiles,
  REFERENCE_SOFTWARE_CAPABILITIES,
  RegisterRequestSchema,
  type SegData,
  SegDataSchema,
  verifyOrchestratorRequest,
  verifySegmentData,
  wordsToBits,
  writeProfiles,
} from '../src/index.ts'
import { type RecordedMessage, recordedMessages } from './support/recorded.ts'

const messages = [...recordedMessages('offchain'), ...recordedMessages('profiles'), ...recordedMessages('onchain')]

/** Go writes map entries in random order, and the oneof of TranscodeResult after the rest (wire.md §12.2). */
function isOrderedOtherwise(message: RecordedMessage): boolean {
  return message.type === 'TranscodeResult' || JSON.stringify(message.decoded).includes('"capacities":')
}

function decodeAll<D extends DescMessage>(schema: D): { where: string; message: MessageShape<D> }[] {
  return messages
    .filter(({ type }) => type === schema.name)
    .map(({ bytes, where }) => ({ where, message: fromBinary(schema, bytes) }))
}

test('the recordings are all there', () => {
  expect(messages.length).toBe(75)
  expect(messages.filter(isOrderedOtherwise).length).toBe(33)
  expect(new Set(messages.map(({ type }) => type))).toEqual(
    new Set([
      'PingPong',
      'RegisterRequest',
      'NotifySegment',
      'OrchestratorRequest',
      'OrchestratorInfo',
      'SegData',
      'Payment',
      'TranscodeResult',
      'EndTranscodingSessionRequest',
      'EndTranscodingSessionResponse',
    ]),
  )
})

describe.each(messages)('$where', ({ schema, bytes, decoded }) => {
  it('decodes to what the reference says it is', () => {
    expect(toJson(schema, fromBinary(schema, bytes))).toEqual(decoded)
  })

  it('has no field that we do not know', () => {
    expect(toBinary(schema, fromBinary(schema, bytes), { writeUnknownFields: false })).toHaveLength(bytes.length)
  })
})

describe.each(messages.filter(isOrderedOtherwise))('$where', ({ schema, bytes, decoded }) => {
  it('is encoded again to the same message in as many bytes', () => {
    const again = toBinary(schema, fromBinary(schema, bytes))
    expect(again).toHaveLength(bytes.length)
    expect(toJson(schema, fromBinary(schema, again))).toEqual(decoded)
  })
})

describe.each(messages.filter((message) => !isOrderedOtherwise(message)))('$where', ({ schema, bytes }) => {
  it('is encoded again byte for byte', () => {
    expect(Buffer.from(toBinary(schema, fromBinary(schema, bytes)))).toEqual(Buffer.from(bytes))
  })
})

describe('what the reference signed', () => {
  const exchanges = recordedMessages('onchain')
  const paid = exchanges.flatMap((message, i) => {
    const next = exchanges[i + 1]
    if (message.type !== 'SegData' || next?.type !== 'Payment') return []
    const payment = fromBinary(PaymentSchema, next.bytes)
    return [{ where: message.where, data: fromBinary(SegDataSchema, message.bytes), payment }]
  })

  it('has payments beside its segments', () => expect(paid.length).toBeGreaterThan(3))

  it.each(paid)('$where: is signed by the payment’s sender, and by nobody else', ({ data, payment }) => {
    expect(() => verifySegmentData(ethVerifier, payment.sender, data)).not.toThrow()
    const renumbered: SegData = { ...data, seq: data.seq + 1n }
    expect(() => verifySegmentData(ethVerifier, payment.sender, renumbered)).toThrow(
      expect.objectContaining({ code: 'LP_SEGMENT_SIGNATURE', wireText: 'ErrSegSig' }),
    )
  })

  it('signs its requests for orchestrators with the address in them', () => {
    const signed = decodeAll(OrchestratorRequestSchema).filter(({ message }) => message.sig.length > 0)
    expect(signed.length).toBeGreaterThan(2)
    for (const { message } of signed) {
      expect(() => verifyOrchestratorRequest(ethVerifier, message)).not.toThrow()
    }
  })
})

describe('what the reference asked for', () => {
  const segments = decodeAll(SegDataSchema)

  it('has segments', () => expect(segments.length).toBeGreaterThan(10))

  it.each(segments)('$where: has its profiles in the list where we put them', ({ message }) => {
    const { fullProfiles, fullProfiles2, fullProfiles3 } = message
    expect(writeProfiles(readProfiles(message))).toEqual({ fullProfiles, fullProfiles2, fullProfiles3 })
  })

  it.each(segments)('$where: needs the capabilities that we derive', ({ message }) => {
    const recorded = wordsToBits(message.capabilities?.bitstring ?? [])
    const derived = jobCapabilities({
      input: { codec: 'h264', pixelFormat: 'yuv420p' },
      ladder: readProfiles(message),
      segmentParameters: (recorded & capabilityBits([Capability.SegmentSlicing])) !== 0n,
    })
    expect(capabilityNumbers(derived)).toEqual(capabilityNumbers(recorded))
  })

  it('registers transcoders with the list of software transcoders', () => {
    const ours = nodeCapabilities({ capabilities: REFERENCE_SOFTWARE_CAPABILITIES, version: '0.9.1' })
    const [register] = decodeAll(RegisterRequestSchema)
    expect(register?.message.capabilities).toEqual(ours)
    expect(bitsToWords(capabilityBits(REFERENCE_SOFTWARE_CAPABILITIES))).toEqual([94487339007n])
  })
})
