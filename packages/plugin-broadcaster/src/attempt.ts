import {
  type Capabilities,
  decodeMessage,
  DRAINING_HEADER,
  encodeSegmentHeader,
  isNonRetryable,
  MIN_RENDITION_BYTES,
  PAYMENT_HEADER,
  SEGMENT_HEADER,
  segmentCallMs,
  segmentData,
  type Signer,
  signSegmentData,
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
  type SegmentPayment,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { endsBuying } from './buying.ts'
import { signingFailed } from './errors.ts'
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
  /** Who the broadcaster is. */
  readonly signer: Signer
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
  const startedAt = parts.clock.monotonic()
  try {
    const data = await submit(parts, session, work)
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

/** Our own account or signer: nobody would do better. */
function isOurs(error: LivepeerError): boolean {
  return endsBuying(error) || error.code === 'LP_TICKET_SIGNING' || error.code === 'LP_SEGMENT_SIGNING'
}

function afterFailure(error: LivepeerError): AfterFailure {
  const { code, wireText } = error
  if (isOurs(error)) return 'stop'
  // It gets new terms before the next try.
  if (code === 'LP_TICKET_EXPIRED' || code === 'LP_TICKET_NONCES_SPENT') return 'keep'
  if (wireText !== undefined && isNonRetryable(wireText)) return 'stop'
  if (code === 'LP_ORCHESTRATOR_SLOW' || wireText === WireText.transcoderTimeout) return 'behind'
  if (code === 'LP_ORCHESTRATOR_UNREACHABLE' || GONE.has(wireText ?? '')) return 'gone'
  const full = wireText === WireText.busy || wireText === WireText.transcoderBusy
  return full || code === 'LP_ORCHESTRATOR_TIMEOUT' ? 'busy' : 'drop'
}

/** Off chain nothing is signed (wire.md §6.3). */
async function segmentHeader({ signer }: AttemptParts, { info }: OrchestratorSession, work: SegmentWork) {
  const { segment, hash, ladder, capabilities } = work
  const manifestId = new TextEncoder().encode(segment.streamId)
  const { authToken } = info
  const { durationMs } = segment
  const facts = { manifestId, seq: BigInt(segment.seq), hash, durationMs, ladder, capabilities, authToken }
  const data = segmentData(facts)
  try {
    return encodeSegmentHeader(await signSegmentData(signer, data))
  } catch (thrown) {
    throw signingFailed(thrown)
  }
}

/** Off chain nothing is paid: the payment header is there and empty (wire.md §6). */
async function submit(parts: AttemptParts, session: OrchestratorSession, work: SegmentWork): Promise<TranscodeData> {
  const { ladder, segment } = work
  const header = await segmentHeader(parts, session, work)
  const payment = await session.payer?.pay({ ladder, durationMs: segment.durationMs })
  let pixels: bigint | undefined
  try {
    const headers = { [SEGMENT_HEADER]: header, [PAYMENT_HEADER]: payment?.header ?? '' }
    const data = await exchange(parts, session, { work, headers, payment })
    pixels = data.segments.reduce((sum, made) => sum + made.pixels, 0n)
    const { length } = data.segments
    if (length !== ladder.length) throw renditionCount(session.orchestrator, length, ladder.length)
    return data
  } finally {
    payment?.settle(pixels)
  }
}

interface Exchange {
  readonly work: SegmentWork
  readonly headers: Readonly<Record<string, string>>
  readonly payment: SegmentPayment | undefined
}

async function exchange(
  parts: AttemptParts,
  session: OrchestratorSession,
  { work, headers, payment }: Exchange,
): Promise<TranscodeData> {
  const { orchestrator } = session
  const { bytes, durationMs } = work.segment
  const answered = (read: (name: string) => string | undefined) => {
    payment?.answered(read)
    if (read(DRAINING_HEADER) === '1') parts.draining(session)
  }
  const post = { orchestrator, headers, bytes, durationMs, signal: work.signal, answered }
  const answer = await parts.http.postSegment(post)
  const { result, info } = decodeMessage(TranscodeResultSchema, answer)
  if (info) session.update(info)
  if (result.case === 'error') throw orchestratorSaid(orchestrator, result.value)
  if (result.case !== 'data') throw badAnswer(orchestrator, WireText.unknownResponse)
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
