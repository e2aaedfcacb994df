import { randomBytes } from 'node:crypto'
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  estimatePixels,
  ethVerifier,
  keccak256,
  keySigner,
  sameBytes,
  segmentData,
  signSegmentData,
  verifySegmentData,
} from '@livepeer-node/protocol'
import type { Payer, SegmentPayment } from '@livepeer-node/sdk'
import { LADDER } from '../lib/profiles.ts'
import { infoOf, payersOf, URI } from '../simulator/parties.ts'
import { TicketOrchestrator } from '../simulator/ticket-orchestrator.ts'

const DURATION_MS = 2000
const PIXELS = estimatePixels(LADDER, DURATION_MS)

/** One stream's segments as both sides handle them: all of it but the wire and the transcoding. */
export class Sales implements Disposable {
  readonly #orchestrator = new TicketOrchestrator()
  readonly #signer = keySigner(randomBytes(32))
  readonly #sessionId = 'bench'
  #payer: Payer | undefined
  #seq = 0n

  /**
   * Hashes, signs and pays a segment; then, as the other side, checks headers, tickets and bytes, writes nonces and balance to
   * disk, charges, and makes new terms.
   */
  async next(video: Uint8Array): Promise<void> {
    const payer = (this.#payer ??= await this.#open())
    const facts = {
      manifestId: Buffer.from('bench'),
      seq: this.#seq++,
      hash: keccak256(video),
      durationMs: DURATION_MS,
    }
    const header = encodeSegmentHeader(await signSegmentData(this.#signer, segmentData({ ...facts, ladder: LADDER })))
    const payment = await payer.pay({ ladder: LADDER, durationMs: DURATION_MS })
    const info = await this.#receive(payment, { header, video })
    payment.settle(PIXELS)
    payer.update(info)
  }

  [Symbol.dispose](): void {
    this.#orchestrator[Symbol.dispose]()
  }

  async #receive(payment: SegmentPayment, sent: { header: string; video: Uint8Array }): Promise<Uint8Array> {
    const data = decodeSegmentHeader(sent.header)
    verifySegmentData(ethVerifier, this.#signer.address, data)
    const paid = await this.#orchestrator.receive({ header: payment.header, sessionId: this.#sessionId })
    if (!sameBytes(keccak256(sent.video), data.hash)) throw new Error('the hash is another')
    payment.answered((name) => paid.headers[name])
    paid.debit(PIXELS)
    return await this.#info()
  }

  async #open(): Promise<Payer> {
    return payersOf(this.#signer).open({ streamId: 'bench', orchestrator: URI, info: await this.#info() })
  }

  #info(): Promise<Uint8Array> {
    return infoOf(this.#orchestrator, { sender: this.#signer.address, sessionId: this.#sessionId })
  }
}
