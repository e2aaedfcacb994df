import { WireText } from '@livepeer-node/protocol'
import type { Logger } from '@livepeer-node/sdk'
import { answerText, type HttpRequest, type HttpResponse, refuse } from '../http/answer.ts'
import type { Credentials } from './credentials.ts'
import { addressOf, senderOf } from './identity.ts'
import type { TranscoderPool } from './pool.ts'

export interface DrainInit {
  readonly pool: TranscoderPool
  readonly credentials: Credentials
  readonly log: Logger
}

/** `POST /transcoderDrain`: an attached transcoder of ours will leave and wants its sessions handed over. */
export class DrainHandler {
  readonly #init: DrainInit

  constructor(init: DrainInit) {
    this.#init = init
  }

  serve(request: HttpRequest, response: HttpResponse): void {
    const { pool, credentials, log } = this.#init
    const refused = (status: number, text: string) => {
      log.warn('a transcoder’s wish to leave was refused', { status, reason: text, address: addressOf(request) })
      refuse(request, response, { status, text })
    }
    if (request.method !== 'POST') return refused(405, 'method not allowed')
    const sender = senderOf(request, credentials)
    if (!sender) return refused(401, WireText.unauthorized)
    const transcoder = pool.find(sender.cardId)
    if (!transcoder || transcoder.credential !== sender.credential) return refused(404, 'not attached')
    pool.drain(transcoder)
    answerText(response, 200, 'OK')
  }
}
