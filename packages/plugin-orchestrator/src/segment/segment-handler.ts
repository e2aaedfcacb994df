import { create } from '@bufbuild/protobuf'
import {
  AUTH_TOKEN_LIFE_S,
  checkRenditionNames,
  DRAINING_HEADER,
  encodeMessage,
  keccak256,
  MAX_SEGMENT_BYTES,
  type OrchestratorInfo,
  PaymentResultSchema,
  readManifestId,
  sameBytes,
  SEGMENT_URI_TYPE,
  toHash,
  toHex,
  TranscodeDataSchema,
  type TranscodeResult,
  TranscodeResultSchema,
  WireText,
} from '@livepeer-node/protocol'
import { type Clock, type LivepeerError, type LogFields, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { beginOk, hasLeft, type HttpRequest, type HttpResponse, refuse } from '../http/answer.ts'
import type { Bodies } from '../http/bodies.ts'
import { readBody } from '../http/read-body.ts'
import { type Held, Room } from '../http/room.ts'
import type { InfoDesk } from '../info.ts'
import { type Bill, openBill, pixelsOf, quoteFor, takeCredit } from '../payment/bill.ts'
import type { Settlement } from '../payment/settlement.ts'
import type { Sessions } from '../session/sessions.ts'
import type { MemoryStore } from '../store/memory-store.ts'
import type { Job, Workforce } from '../transcoders/workforce.ts'
import { checkHeaders, type Credentials, Refusal, refusing } from './admission.ts'
import { clientGone, emptySegment, hashMismatch, noProfiles, noRoom } from './errors.ts'
import type { SourceFetcher } from './fetch-source.ts'
import { checkRenditions, storeResult } from './result.ts'

export interface SegmentInit {
  readonly uri: string
  readonly info: InfoDesk
  readonly sessions: Sessions
  readonly store: MemoryStore
  readonly bodies: Bodies
  readonly workforce: Workforce
  readonly settlement: Settlement
  readonly fetcher: SourceFetcher
  readonly clock: Clock
  readonly log: Logger
  /** Aborts when the node stops. */
  readonly signal: AbortSignal
}

type Result = Extract<TranscodeResult['result'], { case: 'data' | 'error' }>

/** A job, since when its broadcaster has the token, and what it is done for. */
type Received = Job & { readonly issuedAt: number; readonly bill: Bill }

/** `POST /segment` and `POST /payment` (wire.md §6, §7, §9.1). */
export class SegmentHandler {
  readonly #init: SegmentInit
  readonly #room = new Room()

  constructor(init: SegmentInit) {
    this.#init = init
  }

  get #checks() {
    const { info, workforce, settlement } = this.#init
    return { info, workforce, verifier: settlement.verifier }
  }

  async segment(request: HttpRequest, response: HttpResponse): Promise<void> {
    const held = this.#room.hold()
    let bill: Bill | undefined
    try {
      const job = await this.#receive(request, held)
      bill = job.bill
      // Before the transcoding: the broadcaster counts this as "the upload is through" and waits longer from here on.
      this.#tellDraining(response)
      for (const [name, value] of Object.entries(job.bill.work.headers)) response.setHeader(name, value)
      beginOk(response)
      response.end(await this.#work(job, response))
    } catch (thrown) {
      // Unless it was charged already.
      bill?.work.debit(0n)
      this.#refuse(request, response, thrown)
    } finally {
      held.release()
    }
  }

  /** Credits the stream, not the session: who pays like this has no segments (payments.md A9). Off chain it refreshes the info. */
  async payment(request: HttpRequest, response: HttpResponse): Promise<void> {
    const { settlement } = this.#init
    try {
      const { authToken, sender, payment: header, data } = checkHeaders(request, this.#checks)
      const { sessionId } = authToken
      const quote = await quoteFor(settlement, { sender, header, sessionId })
      const streamId = refusing(403, () => readManifestId(data.manifestId))
      await takeCredit(settlement, { sender, header, sessionId: streamId })
      const info = this.#init.info.forToken(authToken, quote)
      response.statusCode = 200
      response.end(encodeMessage(PaymentResultSchema, create(PaymentResultSchema, { info })))
    } catch (thrown) {
      this.#refuse(request, response, thrown)
    }
  }

  async #receive(request: HttpRequest, held: Held): Promise<Received> {
    const credentials = checkHeaders(request, this.#checks)
    const { data, ladder, durationMs, authToken, sender, payment: header } = credentials
    const { sessionId } = authToken
    const issuedAt = (Number(authToken.expiration) - AUTH_TOKEN_LIFE_S) * 1000
    const streamId = refusing(403, () => {
      this.#init.sessions.assertAdmissible(sessionId, issuedAt)
      if (ladder.length === 0) throw noProfiles()
      checkRenditionNames(ladder)
      return readManifestId(data.manifestId)
    })
    const bill = await openBill(this.#init.settlement, { sender, header, sessionId })
    const bytes = await this.#body(request, credentials, held).catch((error: unknown) => {
      bill.work.debit(0n)
      throw error
    })
    return { sessionId, streamId, seq: data.seq, durationMs, issuedAt, ladder, data, bytes, bill }
  }

  async #body(request: HttpRequest, { data }: Credentials, held: Held): Promise<Buffer> {
    const { clock, fetcher, bodies } = this.#init
    const what = 'The segment'
    const received = await readBody(request, { what, limit: MAX_SEGMENT_BYTES, clock, held, bodies }).catch(
      (error: unknown) => {
        throw new Refusal(toLivepeerError(error).code === 'LP_BODY_NO_ROOM' ? 503 : 500, error)
      },
    )
    const isUrl = request.headers['content-type'] === SEGMENT_URI_TYPE
    const bytes = isUrl
      ? await fetcher.fetch(received.toString('utf8')).catch((error: unknown) => {
          throw new Refusal(400, error)
        })
      : received
    if (isUrl && !held.add(bytes.length)) throw new Refusal(503, noRoom(what))
    const hash = keccak256(bytes)
    const announced = toHash(data.hash)
    if (!sameBytes(hash, announced)) throw new Refusal(403, hashMismatch(toHex(hash), toHex(announced)))
    return bytes
  }

  /** The encoded TranscodeResult: renditions, or the text of what went wrong. Charged is what was encoded. */
  async #work(job: Received, response: HttpResponse): Promise<Uint8Array> {
    const result = await this.#result(job, response)
    job.bill.work.debit(result.case === 'data' ? pixelsOf(result.value) : 0n)
    const info = await this.#info(job)
    return encodeMessage(
      TranscodeResultSchema,
      create(TranscodeResultSchema, { seq: job.seq, result, ...(info && { info }) }),
    )
  }

  async #result(job: Received, response: HttpResponse): Promise<Result> {
    const { sessionId, streamId, seq } = job
    try {
      const value = await this.#init.sessions.run(job, () => this.#transcode(job, response))
      // What cannot be told has failed.
      encodeMessage(TranscodeDataSchema, value)
      return { case: 'data', value }
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      this.#log('segment failed', error, { sessionId, streamId, seq })
      return { case: 'error', value: (error.wireText ?? WireText.unavailable).toWellFormed() }
    }
  }

  /** With new terms: the broadcaster has used the old ones. */
  async #info({ data: { authToken }, sessionId, bill }: Received): Promise<OrchestratorInfo | undefined> {
    if (!authToken) return undefined
    const { settlement, info } = this.#init
    const quote = await settlement.quote({ sender: bill.sender, sessionId }).catch((error: unknown) => {
      this.#log('no new terms for tickets; those from before the segment are sent', toLivepeerError(error), {
        sessionId,
      })
      return bill.quote
    })
    return info.forToken(authToken, quote)
  }

  async #transcode(job: Job, response: HttpResponse) {
    if (hasLeft(response)) throw clientGone(job.sessionId)
    if (job.bytes.length === 0) throw emptySegment()
    const { workforce, bodies, signal, clock, log } = this.#init
    using reading = new DisposableStack()
    reading.defer(bodies.hold(job.bytes))
    const sourceBytes = job.bytes.length
    const startedAt = clock.monotonic()
    const renditions = await workforce.transcode(job, signal)
    for (const { bytes } of renditions) reading.defer(bodies.hold(bytes))
    checkRenditions(job, renditions)
    const { store, uri, settlement } = this.#init
    const data = await storeResult(job, renditions, { store, uri, signer: settlement.signer })
    const ms = Math.round(clock.monotonic() - startedAt)
    const { sessionId, streamId, seq } = job
    log.debug('segment transcoded', { sessionId, streamId, seq, ms, sourceBytes })
    return data
  }

  /** A broadcaster of ours that has another orchestrator moves there. */
  #tellDraining(response: HttpResponse): void {
    if (this.#init.sessions.phase !== 'open') response.setHeader(DRAINING_HEADER, '1')
  }

  #refuse(request: HttpRequest, response: HttpResponse, thrown: unknown): void {
    const { status, reason, fields } = thrown instanceof Refusal ? thrown : new Refusal(500, thrown)
    this.#log(`request refused with ${status}`, reason, fields)
    if (response.headersSent) {
      response.destroy()
      return
    }
    this.#tellDraining(response)
    refuse(request, response, { status, text: reason.wireText ?? (status < 500 ? reason.message : WireText.internal) })
  }

  #log(message: string, error: LivepeerError, fields: LogFields): void {
    const level = error.kind === 'bug' ? 'error' : 'warn'
    this.#init.log[level](message, { ...fields, error })
  }
}
