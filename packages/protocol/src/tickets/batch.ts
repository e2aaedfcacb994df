import { addressText } from '../hash.ts'
import { toHex } from '../bytes.ts'
import type { Signer } from '../signer.ts'
import { noncesSpent, signingFailed } from './errors-money.ts'
import { MAX_TICKETS_PER_TERMS } from './constants.ts'
import { signTicket } from './sign.ts'
import type { LotteryTicket, SignedTicket, TicketRound, TicketTerms } from './types.ts'

/**
 * A broadcaster's tickets on one set of terms: every ticket gets a nonce of its own, 1 first (payments.md A11). One instance
 * per `recipientRandHash`: a second one would use the nonces again.
 */
export class TicketSeries {
  readonly #signer: Signer
  readonly #terms: TicketTerms
  readonly #round: TicketRound
  #lastNonce: number

  /** @param init.lastNonce where tickets of these terms were made before: the last one's nonce */
  constructor(init: { signer: Signer; terms: TicketTerms; round: TicketRound; lastNonce?: number }) {
    this.#signer = init.signer
    this.#terms = init.terms
    this.#round = init.round
    this.#lastNonce = init.lastNonce ?? 0
  }

  /** How many tickets were made so far; the nonce of the last. */
  get lastNonce(): number {
    return this.#lastNonce
  }

  /** How many more the orchestrator would take. */
  get left(): number {
    return MAX_TICKETS_PER_TERMS - this.#lastNonce
  }

  /**
   * Makes and signs tickets. Their nonces are spent even where signing fails.
   * @throws `LP_TICKET_NONCES_SPENT` when the orchestrator would refuse some of them, none is made then; `LP_TICKET_SIGNING`
   */
  async create(count: number): Promise<SignedTicket[]> {
    const session = `0x${toHex(this.#terms.recipientRandHash)}`
    if (count > this.left) throw noncesSpent(session, count, this.left)
    const first = this.#lastNonce + 1
    this.#lastNonce += count
    const made: SignedTicket[] = []
    for (let nonce = first; nonce < first + count; nonce += 1) made.push(await this.#sign(this.#ticket(nonce), session))
    return made
  }

  #ticket(senderNonce: number): LotteryTicket {
    const { recipient, faceValue, winProb, recipientRandHash } = this.#terms
    const sender = this.#signer.address
    return { recipient, sender, faceValue, winProb, senderNonce, recipientRandHash, round: this.#round }
  }

  async #sign(ticket: LotteryTicket, session: string): Promise<SignedTicket> {
    try {
      return { ticket, signature: await signTicket(this.#signer, ticket) }
    } catch (cause) {
      throw signingFailed(session, addressText(ticket.sender), cause)
    }
  }
}
