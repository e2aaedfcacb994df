import {
  bitsToWords,
  capabilityBits,
  DEFAULT_CAPABILITIES,
  legacyProfiles,
  writeProfiles,
} from '@livepeer-node/protocol'
import {
  type BackendOffer,
  type Ladder,
  LivepeerError,
  type Plugin,
  type SourceSegment,
  type TranscodeBackend,
  type TranscodeResult,
  type TranscodeSession,
  type TranscodeSpec,
} from '@livepeer-node/sdk'
import { aLadder, aTranscodeResult, pluginFor } from '@livepeer-node/test-kit'

export interface Call {
  readonly spec: TranscodeSpec
  readonly segment: SourceSegment
}

/** A backend that transcodes nothing: it writes down what it is asked, and answers as it is told. */
export class FakeBackend implements TranscodeBackend {
  readonly name: string
  readonly opened: TranscodeSpec[] = []
  readonly closed: string[] = []
  readonly calls: Call[] = []
  /** Sessions that it takes before it says that it is full. */
  slots = 100
  /** How a segment ends; default: a result for the ladder, at once. */
  answer: (call: Call, signal: AbortSignal) => Promise<TranscodeResult> = ({ spec }) =>
    Promise.resolve(aTranscodeResult(spec.ladder))

  constructor(name = 'fake') {
    this.name = name
  }

  get open(): (spec: TranscodeSpec) => Promise<TranscodeSession> {
    return async (spec) => {
      if (this.opened.length - this.closed.length >= this.slots) throw backendFull(this.name)
      this.opened.push(spec)
      return {
        backend: this.name,
        transcode: (segment, signal) => {
          const call = { spec, segment }
          this.calls.push(call)
          return this.answer(call, signal)
        },
        close: async () => {
          // Its slot is free a while after it was told to close.
          await new Promise((resolve) => setImmediate(resolve))
          this.closed.push(spec.sessionId)
        },
      }
    }
  }

  plugin(offer: Partial<BackendOffer> = {}): Plugin {
    return pluginFor(this.name, (node) => {
      node.on.transcode.claim(() => this)
      node.on.transcode.offers(() => [{ backend: this.name, slots: 3, capabilities: DEFAULT_CAPABILITIES, ...offer }])
    })
  }
}

export function backendFull(name: string): LivepeerError {
  return new LivepeerError({ code: 'LP_TEST_FULL', kind: 'limit', message: `${name} is full` })
}

/** Answers of a backend that the test gives when it likes. */
export class Held {
  readonly waiting: PromiseWithResolvers<TranscodeResult>[] = []
  readonly answer = (_call: Call, signal: AbortSignal): Promise<TranscodeResult> => {
    const held = Promise.withResolvers<TranscodeResult>()
    signal.addEventListener('abort', () => held.reject(signal.reason), { once: true })
    this.waiting.push(held)
    return held.promise
  }
  finish(): void {
    this.waiting.shift()?.resolve(aTranscodeResult())
  }
}

/** A job of an orchestrator, as go-livepeer sends them. */
export function notification(over: {
  url: string
  taskId?: bigint
  sessionId?: string
  seq?: bigint
  ladder?: Ladder
  needs?: readonly number[]
  reinit?: boolean
  clip?: { from: bigint; to: bigint }
  duration?: number
}) {
  const { url, taskId = 0n, sessionId = 'session-1', seq = 0n, ladder = aLadder(), needs = [0, 1, 12] } = over
  return {
    url,
    taskId,
    orchId: 'offchain',
    profiles: legacyProfiles(),
    segData: {
      manifestId: Buffer.from('movie'),
      seq,
      duration: over.duration ?? 2000,
      hash: new Uint8Array(32),
      profiles: legacyProfiles(),
      capabilities: { bitstring: bitsToWords(capabilityBits(needs)), constraints: {} },
      authToken: { sessionId, token: new Uint8Array(32), expiration: 1n },
      ForceSessionReinit: over.reinit ?? false,
      ...writeProfiles(ladder),
      ...(over.clip && { segmentParameters: over.clip }),
    },
  }
}
