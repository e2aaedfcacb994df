import {
  roundOfTerms,
  type Signer,
  type TicketRound,
  TicketSeries,
  type TicketTerms,
  toHex,
} from '@livepeer-node/protocol'
import { termsReused } from './errors.ts'

/** Sets of terms from which on those that are past are looked for; afterwards, whenever they have doubled. */
const FIRST_SWEEP = 64

interface Entry {
  readonly terms: TicketTerms
  readonly series: TicketSeries
}

/**
 * The tickets made on every set of terms that still counts. One series per `recipientRandHash` in the whole node, so that no
 * nonce is used twice whoever gets the same terms again. Not kept over a restart: a new session has new terms.
 */
export class SeriesBook {
  readonly #signer: Signer
  readonly #l1Block: () => bigint
  readonly #entries = new Map<string, Entry>()
  #sweepAt = FIRST_SWEEP

  /** @param l1Block the latest */
  constructor(signer: Signer, l1Block: () => bigint) {
    this.#signer = signer
    this.#l1Block = l1Block
  }

  /** Sets of terms that are remembered. */
  get size(): number {
    return this.#entries.size
  }

  /** @param own the latest round, for terms that name none. @throws `LP_TERMS_INVALID`: other terms had this hash before. */
  seriesOf(terms: TicketTerms, own: TicketRound): TicketSeries {
    const key = toHex(terms.recipientRandHash)
    const known = this.#entries.get(key)
    if (known) {
      if (!sameTerms(known.terms, terms)) throw termsReused(key)
      return known.series
    }
    if (this.#entries.size >= this.#sweepAt) this.#forgetExpired()
    const series = new TicketSeries({ signer: this.#signer, terms, round: roundOfTerms(terms, own) })
    this.#entries.set(key, { terms, series })
    return series
  }

  /** Forgets terms that are past: no ticket is made on them any more. */
  #forgetExpired(): void {
    const l1Block = this.#l1Block()
    for (const [key, { terms }] of this.#entries) if (terms.expirationBlock <= l1Block) this.#entries.delete(key)
    this.#sweepAt = Math.max(FIRST_SWEEP, 2 * this.#entries.size)
  }
}

function sameTerms(a: TicketTerms, b: TicketTerms): boolean {
  return (
    a.faceValue === b.faceValue &&
    a.winProb === b.winProb &&
    a.seed === b.seed &&
    a.expirationBlock === b.expirationBlock &&
    toHex(a.recipient) === toHex(b.recipient)
  )
}
