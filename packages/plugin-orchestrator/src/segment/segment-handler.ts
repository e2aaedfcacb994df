import { create } from '@bufbuild/protobuf'
import {
  AUTH_TOKEN_LIFE_S,
  checkRenditionNames,
  DRAINING_HEADER,
  encodeMessage,
  keccak256,
  MAX_SEGMENT_BYTES,
  PaymentResultSchema,
  readManifestId,
  sameBytes,
  SEGMENT_URI_TYPE,
  toHash,
  toHex,
  TranscodeResultSchema,
  WireText,
} from '@livepeer-node/protocol'
import { type Clock, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { beginOk, hasLeft, type HttpRequest, type HttpResponse, refuse } from '../http/answer.ts'
import type { Bodies } from '../http/bodies.ts'
import { readBody } from '../http/read-body.ts'
import { type Held, Room } from '../http/room.ts'
import type { InfoDesk } from '../info.ts'
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
  readonly fetcher: SourceFetcher
  readonly clock: Clock
  readonly log: Logger
  /** Aborts when the node stops. */
  readonly signal: AbortSignal
}

/** A job, and since when its broadcaster has the token. */
type Received = Job & { readonly issuedAt: number }

/** `POST /segment` and `POST /payment` (wire.md §6, §7, §9.1). */
export class SegmentHandler {
  readonly #init: SegmentInit
  readonly #room = new Room()

  constructor(init: SegmentInit) {
    this.#init = init
  }

  async segment(request: HttpRequest, response: HttpResponse): Promise<void> {
    const held = this.#room.hold()
    try {
      const job = await this.#receive(request, held)
      // Before the transcoding: the broadcaster counts this as "the upload is through" and waits longer from here on.
      this.#tellDraining(response)
      beginOk(response)
      response.end(await this.#work(job, response))
    } catch (thrown) {
      this.#refuse(request, response, thrown)
    } finally {
      held.release()
    }
  }

  /** Off chain there is nothing to credit: the headers are checked and the info is refreshed. */
  payment(request: HttpRequest, response: HttpResponse): void {
    try {
      const { authToken } = checkHeaders(request, this.#init)
      const info = this.#init.info.forToken(authToken)
      response.statusCode = 200
      response.end(encodeMessage(PaymentResultSchema, create(PaymentResultSchema, { info })))
    } catch (thrown) {
      this.#refuse(request, response, thrown)
    }
  }

  async #receive(request: HttpRequest, held: Held): Promise<Received> {
    const credentials = checkHeaders(request, this.#init)
    const { data, ladder, durationMs, authToken } = credentials
    const { sessionId } = authToken
    const issuedAt = (Number(authToken.expiration) - AUTH_TOKEN_LIFE_S) * 1000
    const streamId = refusing(403, () => {
      this.#init.sessions.assertAdmissible(sessionId, issuedAt)
      if (ladder.length === 0) throw noProfiles()
      checkRenditionNames(ladder)
      return readManifestId(data.manifestId)
    })
    const bytes = await this.#body(request, credentials, held)
    return { sessionId, streamId, seq: data.seq, durationMs, issuedAt, ladder, data, bytes }
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

  /** The encoded TranscodeResult: renditions, or the text of what went wrong. */
  async #work(job: Received, response: HttpResponse): Promise<Uint8Array> {
    const info = () => (job.data.authToken ? this.#init.info.forToken(job.data.authToken) : undefined)
    const { seq } = job
    try {
      const value = await this.#init.sessions.run(job, () => this.#transcode(job, response))
      const result = create(TranscodeResultSchema, { seq, info: info(), result: { case: 'data', value } })
      return encodeMessage(TranscodeResultSchema, result)
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      this.#log('segment failed', error, job)
      const value = (error.wireText ?? WireText.unavailable).toWellFormed()
      const result = create(TranscodeResultSchema, { seq, info: info(), result: { case: 'error', value } })
      return encodeMessage(TranscodeResultSchema, result)
    }
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
    const data = await storeResult(job, renditions, this.#init)
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
    const { status, reason } = thrown instanceof Refusal ? thrown : new Refusal(500, thrown)
    this.#log(`request refused with ${status}`, reason, undefined)
    if (response.headersSent) {
      response.destroy()
      return
    }
    this.#tellDraining(response)
    refuse(request, response, { status, text: reason.wireText ?? (status < 500 ? reason.message : WireText.internal) })
  }

  #log(message: string, error: LivepeerError, job: Job | undefined): void {
    const fields = job && { sessionId: job.sessionId, streamId: job.streamId, seq: job.seq }
    const level = error.kind === 'bug' ? 'error' : 'warn'
    this.#init.log[level](message, { ...fields, error })
  }
}
