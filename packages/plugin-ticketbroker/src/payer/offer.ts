import {
  addressText,
  decodeMessage,
  expectedValue,
  OrchestratorInfoSchema,
  type PriceInfo,
  type Rational,
  readPrice,
  readTerms,
  type TicketTerms,
} from '@livepeer-node/protocol'
import { termsMissing } from './errors.ts'

/** What an orchestrator asks for, read out of its `OrchestratorInfo` (wire.md §4.3). */
export interface Offer {
  /** As stated: it goes back with each payment unchanged (wire.md §6.5). */
  readonly priceInfo: PriceInfo
  /** Wei per pixel. */
  readonly price: Rational
  readonly terms: TicketTerms
  /** Wei, expected value of one ticket. */
  readonly ev: Rational
  /** Where the orchestrator keeps the credit: recipient and session (payments.md A10). */
  readonly account: string
}

/** @throws `LP_MESSAGE_UNDECODABLE`, `LP_TERMS_INVALID`, `LP_PRICE_INVALID`, `LP_PAYMENT_INVALID` */
export function readOffer(info: Uint8Array): Offer {
  const { ticketParams, priceInfo, authToken } = decodeMessage(OrchestratorInfoSchema, info)
  if (!ticketParams) throw termsMissing('ticketParams is nil')
  if (!authToken) throw termsMissing('missing auth token')
  if (!priceInfo) throw termsMissing('missing orchestrator price')
  const terms = readTerms(ticketParams)
  const account = `${addressText(terms.recipient)}/${authToken.sessionId}`
  const price = readPrice(priceInfo)
  return { priceInfo, price, terms, ev: expectedValue(terms), account }
}
