import {
  CREDENTIALS_HEADER,
  MAX_SEGMENT_BYTES,
  PIXELS_HEADER,
  RESULTS_TYPE,
  TASK_ID_HEADER,
  TRANSCODER_PROTOCOL,
  TRANSCODING_ERROR_TYPE,
  WireText,
  wireTextOf,
} from '@livepeer-node/protocol'
import { type Clock, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { answerText, type HttpRequest, type HttpResponse, refuse } from '../http/answer.ts'
import { readBody } from '../http/read-body.ts'
import type { SharedSecret } from '../secret.ts'
import { reported } from './errors.ts'
import { parseContentType, readRenditions } from './multipart.ts'
import type { Tasks } from './tasks.ts'

/** All renditions of a segment together. */
const MAX_RESULT_BYTES = 4 * MAX_SEGMENT_BYTES
const MAX_ERROR_BYTES = 64 * 1024
const INT64 = /^[+-]?\d{1,19}$/

export interface ResultsInit {
  readonly tasks: Tasks
  readonly secret: SharedSecret
  readonly clock: Clock
  readonly log: Logger
}

/** `POST /transcodeResults`: what attached transcoders made (wire.md §10.4). */
export class ResultsHandler {
  readonly #init: ResultsInit

  constructor(init: ResultsInit) {
    this.#init = init
  }

  async serve(request: HttpRequest, response: HttpResponse): Promise<void> {
    const checked = this.#check(request)
    if ('text' in checked) {
      const { status, text } = checked
      this.#init.log.warn('a transcoder’s result was refused', { status, reason: text, remote: remoteOf(request) })
      refuse(request, response, checked)
      return
    }
    const { id, type, boundary } = checked
    try {
      if (type === TRANSCODING_ERROR_TYPE) await this.#takeError(request, id)
      else if (type === RESULTS_TYPE) await this.#takeRenditions(request, id, boundary)
      answerText(response, 200, 'OK')
    } catch (thrown) {
      const error = toLivepeerError(thrown)
      this.#init.log.warn('a transcoder’s result could not be read', { taskId: String(id), error })
      // A body that broke off may come again; one that makes no sense would make none the second time.
      if (error.code !== 'LP_BODY_BROKEN') this.#init.tasks.settle(id, error)
      refuse(request, response, { status: 500, text: wireTextOf(error) })
    }
  }

  /** In the reference's order; what comes of a wrong one is read by transcoders' logs only. */
  #check(request: HttpRequest): { id: bigint; type: string; boundary: string } | { status: number; text: string } {
    const { headers } = request
    const trusted =
      headers.authorization === TRANSCODER_PROTOCOL && this.#init.secret.matches(one(headers[CREDENTIALS_HEADER]))
    if (!trusted) return { status: 401, text: WireText.unauthorized }
    const given = headers['content-type'] ?? ''
    const parsed = parseContentType(given)
    if (!parsed) return { status: 415, text: given === '' ? 'mime: no media type' : 'mime: invalid media type' }
    const taskId = one(headers[TASK_ID_HEADER])
    if (!INT64.test(taskId)) return { status: 400, text: WireText.invalidTaskId }
    const checked = { id: BigInt(taskId), ...parsed }
    if (parsed.type === TRANSCODING_ERROR_TYPE || INT64.test(one(headers[PIXELS_HEADER]))) return checked
    return { status: 400, text: WireText.invalidPixels }
  }

  async #takeError(request: HttpRequest, id: bigint): Promise<void> {
    const { tasks, clock } = this.#init
    const body = await readBody(request, { what: 'The error of a transcoder', limit: MAX_ERROR_BYTES, clock })
    const name = tasks.ownerOf(id)?.name ?? remoteOf(request)
    tasks.settle(id, reported(name, body.toString('utf8')))
  }

  async #takeRenditions(request: HttpRequest, id: bigint, boundary: string): Promise<void> {
    const { tasks, clock, log } = this.#init
    const body = await readBody(request, { what: 'The result of a transcoder', limit: MAX_RESULT_BYTES, clock })
    if (!tasks.ownerOf(id)) {
      log.info('a result came that nobody waits for', { taskId: String(id), remote: remoteOf(request) })
      return
    }
    tasks.settle(id, await readRenditions(body, boundary))
  }
}

function one(header: string | string[] | undefined): string {
  return (Array.isArray(header) ? header[0] : header) ?? ''
}

function remoteOf(request: HttpRequest): string {
  return `${request.socket.remoteAddress}:${request.socket.remotePort}`
}
