import {
  MAX_SEGMENT_BYTES,
  PIXELS_HEADER,
  RESULTS_TYPE,
  TASK_ID_HEADER,
  TRANSCODING_ERROR_TYPE,
  WireText,
  wireTextOf,
} from '@livepeer-node/protocol'
import { type Clock, type LivepeerError, type Logger, toLivepeerError } from '@livepeer-node/sdk'
import { answerText, type HttpRequest, type HttpResponse, refuse } from '../http/answer.ts'
import type { Bodies } from '../http/bodies.ts'
import { discardBody, readBody } from '../http/read-body.ts'
import { Room } from '../http/room.ts'
import { tooLarge } from '../segment/errors.ts'
import type { Attached } from './attached.ts'
import type { Credentials } from './credentials.ts'
import { notTheOwner, reported } from './errors.ts'
import { addressOf, header, type Sender, senderOf } from './identity.ts'
import { parseContentType, readRenditions } from './multipart.ts'
import type { TranscoderPool } from './pool.ts'
import type { Suspensions } from './suspensions.ts'
import type { Tasks } from './tasks.ts'

/** All renditions of a segment together. */
const MAX_RESULT_BYTES = 4 * MAX_SEGMENT_BYTES
const MAX_ERROR_BYTES = 64 * 1024
const INT64 = /^[+-]?\d{1,19}$/

export interface ResultsInit {
  readonly tasks: Tasks
  readonly pool: TranscoderPool
  readonly credentials: Credentials
  readonly suspensions: Suspensions
  readonly bodies: Bodies
  readonly clock: Clock
  readonly log: Logger
}

/** A result whose headers are in order. */
interface Delivery {
  readonly taskId: bigint
  readonly sender: Sender
  /** Value of its content type. */
  readonly type: string
  readonly boundary: string
}

interface RefusedDelivery {
  readonly status: number
  readonly text: string
}

const WHAT = 'The result of a transcoder'

/** `POST /transcodeResults`: what attached transcoders made (wire.md §10.4). */
export class ResultsHandler {
  readonly #init: ResultsInit
  readonly #room = new Room()

  constructor(init: ResultsInit) {
    this.#init = init
  }

  async serve(request: HttpRequest, response: HttpResponse): Promise<void> {
    const checked = this.#check(request)
    if ('text' in checked) {
      const { status, text } = checked
      this.#init.log.warn('a transcoder’s result was refused', { status, reason: text, remote: addressOf(request) })
      refuse(request, response, checked)
      return
    }
    const owner = this.#init.tasks.ownerOf(checked.taskId)
    if (owner && !this.#isFrom(owner, checked.sender)) {
      this.#accuse(owner, checked)
      refuse(request, response, { status: 403, text: WireText.forbidden })
      return
    }
    await this.#take(request, response, checked)
  }

  /** In the reference's order; what comes of a wrong one is read by transcoders' logs only. */
  #check(request: HttpRequest): Delivery | RefusedDelivery {
    const sender = senderOf(request, this.#init.credentials)
    if (!sender) return { status: 401, text: WireText.unauthorized }
    const given = request.headers['content-type'] ?? ''
    const parsed = parseContentType(given)
    if (!parsed) return { status: 415, text: given === '' ? 'mime: no media type' : 'mime: invalid media type' }
    const taskId = header(request, TASK_ID_HEADER)
    if (!INT64.test(taskId)) return { status: 400, text: WireText.invalidTaskId }
    const checked = { taskId: BigInt(taskId), sender, ...parsed }
    if (parsed.type === TRANSCODING_ERROR_TYPE || INT64.test(header(request, PIXELS_HEADER))) return checked
    return { status: 400, text: WireText.invalidPixels }
  }

  /**
   * One that showed a card signs its results with the card's id. One without a card, of another make, is known by its
   * credential alone, and must not be one that showed a card.
   */
  #isFrom(owner: Attached, { credential, cardId }: Sender): boolean {
    if (owner.credential !== credential) return false
    return owner.card ? owner.card.id === cardId : this.#init.pool.find(cardId) === undefined
  }

  /** The task stays open: its owner may still deliver. */
  #accuse(owner: Attached, { taskId, sender }: Delivery): void {
    const { pool, suspensions, log } = this.#init
    const claimed = pool.find(sender.cardId)
    const name = sender.credential ?? claimed?.name ?? sender.address
    const error = notTheOwner(owner.name, name)
    log.warn('a transcoder delivered for another one’s task', { taskId: String(taskId), transcoder: name, error })
    suspensions.strike({ ...sender, name, card: { id: sender.cardId } }, error)
  }

  async #take(request: HttpRequest, response: HttpResponse, delivery: Delivery): Promise<void> {
    try {
      const isTaken = await this.#settle(request, delivery)
      if (isTaken) answerText(response, 200, 'OK')
      else refuse(request, response, { status: 401, text: WireText.unauthorized })
    } catch (thrown) {
      this.#failed(delivery, toLivepeerError(thrown))
      refuse(request, response, { status: 500, text: wireTextOf(thrown) })
    }
  }

  #failed({ taskId }: Delivery, error: LivepeerError): void {
    const { tasks, log } = this.#init
    const transcoder = tasks.ownerOf(taskId)?.name
    log.warn('a transcoder’s result could not be read', { taskId: String(taskId), transcoder, error })
    // A body that broke off may come again; one that makes no sense would make none the second time.
    if (error.code !== 'LP_BODY_BROKEN') tasks.settle(taskId, error)
  }

  /** False: the right to deliver was taken away while the body came. */
  async #settle(request: HttpRequest, delivery: Delivery): Promise<boolean> {
    const { tasks, credentials } = this.#init
    const { taskId, type } = delivery
    const stillTrusted = () => senderOf(request, credentials) !== undefined
    if (type === TRANSCODING_ERROR_TYPE) {
      const error = await this.#readError(request, delivery)
      if (stillTrusted()) tasks.settle(taskId, error)
    } else if (type === RESULTS_TYPE && tasks.ownerOf(taskId)) {
      await this.#readResult(request, delivery, stillTrusted)
    } else {
      await this.#discard(request, delivery)
    }
    return stillTrusted()
  }

  async #readError(request: HttpRequest, { taskId, sender }: Delivery): Promise<LivepeerError> {
    const { tasks, clock } = this.#init
    const body = await readBody(request, { what: 'The error of a transcoder', limit: MAX_ERROR_BYTES, clock })
    return reported(tasks.ownerOf(taskId)?.name ?? sender.address, body.toString('utf8'))
  }

  async #readResult(request: HttpRequest, { taskId, boundary }: Delivery, trusted: () => boolean): Promise<void> {
    const { tasks, clock, bodies } = this.#init
    const held = this.#room.hold(tasks.ownerOf(taskId))
    try {
      if (Number(header(request, 'content-length')) > MAX_RESULT_BYTES) throw tooLarge(WHAT, MAX_RESULT_BYTES)
      const body = await readBody(request, { what: WHAT, limit: MAX_RESULT_BYTES, clock, held, bodies })
      if (trusted()) tasks.settle(taskId, await readRenditions(body, boundary))
    } finally {
      held.release()
    }
  }

  async #discard(request: HttpRequest, { taskId, sender }: Delivery): Promise<void> {
    const { log, clock } = this.#init
    log.info('a result came that nobody waits for', { taskId: String(taskId), remote: sender.address })
    await discardBody(request, { what: WHAT, limit: MAX_RESULT_BYTES, clock })
  }
}
