import { LivepeerError } from '@livepeer-node/sdk'
import type { Rational } from '@livepeer-node/protocol'

/** More than the operator wants to pay. */
export function priceAboveMax(price: Rational, limit: Rational): LivepeerError {
  const [observed, most] = [price.toString(), limit.toString()]
  return new LivepeerError({
    code: 'LP_PRICE_MAX',
    kind: 'peer',
    message: `The orchestrator asks for ${observed} wei per pixel; the limit (maxPricePerUnit) is ${most}.`,
    remedy: 'Use cheaper orchestrators, or raise maxPricePerUnit if the price is right.',
    observed,
    limit: most,
  })
}

/** A second set of terms under the commitment of a first: their tickets would have each other's nonces. */
export function termsReused(recipientRandHash: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_TERMS_INVALID',
    kind: 'peer',
    message: 'The orchestrator offers other terms under a recipientRandHash that it has used before.',
    remedy: 'Use another orchestrator.',
    observed: recipientRandHash,
  })
}

/** An `OrchestratorInfo` without what is needed to pay: its orchestrator is not on the chain. */
export function termsMissing(wireText: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_TERMS_INVALID',
    kind: 'peer',
    message: `The orchestrator cannot be paid: ${wireText}.`,
    remedy: 'Use another orchestrator; this one is off chain, or on another one.',
    wireText,
  })
}

/** A segment that costs more tickets than an orchestrator takes on any terms. */
export function ticketCount(observed: bigint, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_COUNT',
    kind: 'peer',
    message: `One segment would take ${observed} tickets; an orchestrator takes ${limit} at once.`,
    remedy: 'Use orchestrators with a larger ticketEV, shorter segments or a smaller ladder.',
    observed: `${observed}`,
    limit,
  })
}

/** More pixels than the segment can have. */
export function chargeExcess(charge: Rational, most: Rational): LivepeerError {
  const [observed, limit] = [charge.toFixed(0), most.toFixed(0)]
  return new LivepeerError({
    code: 'LP_PAYMENT_CHARGE',
    kind: 'peer',
    message: `The orchestrator charges ${observed} wei for a segment that costs ${limit} wei at the very most.`,
    remedy: 'Nothing: it is not paid, and the session is given up. Leave the orchestrator out should it go on.',
    observed,
    limit,
  })
}
