import {
  type Capabilities,
  decodeMessage,
  encodePaymentHeader,
  encodeSegmentHeader,
  isNonRetryable,
  MIN_RENDITION_BYTES,
  PAYMENT_HEADER,
  SEGMENT_HEADER,
  segmentCallMs,
  segmentData,
  type TranscodeData,
  TranscodeResultSchema,
  WireText,
} from '@livepeer-node/protocol'
import {
  type Clock,
  type Ladder,
  type LivepeerError,
  type RenditionResult,
  type Segment,
  toLivepeerError,
} from '@livepeer-node/sdk'
import type { OrchestratorHttp } from './http.ts'
import type { OrchestratorSession } from './session.ts'
import type { ResultCheck, ResultVerdict } from './verify.ts'
import { badAnswer, downloadFailed, orchestratorSaid, renditionCount } from './wire-errors.ts'

/** One segment, ready to be sent to whoever gets it. */
export interface SegmentWork {
  readonly segment: Segment
  /** Keccak-256 of its bytes. */
  readonly hash: Uint8Array
  readonly ladder: Ladder
  readonly capabilities: Capabilities
  readonly signal: AbortSignal
}

export interface AttemptParts {
  readonly clock: Clock
  readonly http: Pick<OrchestratorHttp, 'postSegment' | 'download'>
  /** This session's orchestrator says that it is about to leave. */
  readonly draining: (session: OrchestratorSession) => void
  readonly check: (result: ResultCheck) => Promise<ResultVerdict>
}

/**
 * What to do after a failure. `stop`: nobody would do better. `keep`: try again, the session stays. `drop`: try again with
 * another. `gone`: the same, and it did nothing wrong: it is not there at present. `busy`: it did not answer in time, or has no room now. `behind`: it took the segment and did not finish it.
 */
export type AfterFailure = 'stop' | 'keep' | 'drop' | 'gone' | 'busy' | 'behind'

export type AttemptOutcome =
  | { readonly ok: true; readonly renditions: readonly RenditionResult[] }
  | { readonly ok: false; readonly error: LivepeerError; readonly next: AfterFailure }

/** Sends one segment to one session, fetches what came of it and looks at it (wire.md §6 to §8). */
export async function attempt(
  parts: AttemptParts,
  session: OrchestratorSession,
  work: SegmentWork,
): Promise<AttemptOutcome> {
  const header = segmentHeader(session, work)
  const startedAt = parts.clock.monotonic()
  try {
    const data = await submit(parts, session, { work, header })
    const renditions = await fetchAll(parts, data, work)
    session.score(parts.clock.monotonic() - startedAt, work.segment.durationMs)
    const { segment } = work
    const verdict = await parts.check({ segment, session, renditions, signature: data.sig })
    if (verdict) return { ok: false, error: verdict.error, next: verdict.drop ? 'drop' : 'keep' }
    return { ok: true, renditions }
  } catch (thrown) {
    const error = toLivepeerError(thrown)
    if (work.signal.aborted) return { ok: false, error, next: 'stop' }
    const next = afterFailure(error)
    const { durationMs } = work.segment
    if (next === 'behind') session.score(segmentCallMs(durationMs), durationMs)
    return { ok: false, error, next }
  }
}

/** What an orchestrator says that is about to leave, is full, or knows nothing of sessions of before its restart. */
const GONE: ReadonlySet<string> = new Set([
  WireText.capped,
  WireText.noTranscoders,
  WireText.sessionEnded,
  'invalid auth token',
])

function afterFailure({ code, wireText }: LivepeerError): AfterFailure {
  if (wireText !== undefined && isNonRetryable(wireText)) return 'stop'
  if (code === 'LP_ORCHESTRATOR_SLOW' || wireText === WireText.transcoderTimeout) return 'behind'
  if (code === 'LP_ORCHESTRATOR_UNREACHABLE' || GONE.has(wireText ?? '')) return 'gone'
  const full = wireText === WireText.busy || wireText === WireText.transcoderBusy
  return full || code === 'LP_ORCHESTRATOR_TIMEOUT' ? 'busy' : 'drop'
}

/** Off chain nothing is signed and nothing is paid; the payment header is there and empty (wire.md §6). */
function segmentHeader(session: OrchestratorSession, work: SegmentWork): string {
  const { segment, hash, ladder, capabilities } = work
  const manifestId = new TextEncoder().encode(segment.streamId)
  const { authToken } = session.info
  const { durationMs } = segment
  return encodeSegmentHeader(
    segmentData({ manifestId, seq: BigInt(segment.seq), hash, durationMs, ladder, capabilities, authToken }),
  )
}

async function submit(
  parts: AttemptParts,
  session: OrchestratorSession,
  { work, header }: { work: SegmentWork; header: string },
): Promise<TranscodeData> {
  const { orchestrator } = session
  const { bytes, durationMs } = work.segment
  const headers = { [SEGMENT_HEADER]: header, [PAYMENT_HEADER]: encodePaymentHeader() }
  const draining = () => parts.draining(session)
  const post = { orchestrator, headers, bytes, durationMs, signal: work.signal, draining }
  const answer = await parts.http.postSegment(post)
  const { result, info } = decodeMessage(TranscodeResultSchema, answer)
  if (info) session.update(info)
  if (result.case === 'error') throw orchestratorSaid(orchestrator, result.value)
  if (result.case !== 'data') throw badAnswer(orchestrator, WireText.unknownResponse)
  const { length } = result.value.segments
  if (length !== work.ladder.length) throw renditionCount(orchestrator, length, work.ladder.length)
  return result.value
}

/** All at once; the first failure ends the others. */
async function fetchAll(parts: AttemptParts, data: TranscodeData, work: SegmentWork): Promise<RenditionResult[]> {
  const failed = new AbortController()
  const signal = AbortSignal.any([work.signal, failed.signal])
  const fetchOne = async ({ url, pixels }: TranscodeData['segments'][number], i: number) => {
    const bytes = await parts.http.download(url, signal)
    if (bytes.length < MIN_RENDITION_BYTES) throw downloadFailed(url, `it holds ${bytes.length} bytes.`)
    const profile = work.ladder[i]
    return profile ? [{ profile, bytes, pixels: Number(pixels) }] : []
  }
  try {
    return (await Promise.all(data.segments.map(fetchOne))).flat()
  } catch (thrown) {
    failed.abort(thrown)
    throw thrown
  }
}
