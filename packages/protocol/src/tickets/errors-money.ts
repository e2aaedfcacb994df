import { LivepeerError, type LivepeerErrorInit } from '@livepeer-node/sdk'
import type { Rational } from './rational.ts'

/** The sender's funds may leave before its tickets are redeemed. */
export function senderUnlocking(wireText: string, withdrawRound: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_SENDER_UNLOCKING',
    kind: 'config',
    message: `The sender’s deposit and reserve can be withdrawn from round ${withdrawRound} on: nobody takes its tickets.`,
    remedy: 'Cancel the unlock, or fund the deposit again, which cancels it too.',
    observed: `${withdrawRound}`,
    wireText,
  })
}

/** The broadcaster has nothing to pay with. */
export function fundsMissing(what: 'deposit' | 'reserve'): LivepeerError {
  return new LivepeerError({
    code: 'LP_SENDER_FUNDS',
    kind: 'config',
    message: `The broadcaster has no ${what} on chain.`,
    remedy: `Fund deposit and reserve; winning tickets are paid from the deposit, the reserve stands for it.`,
    observed: '0 wei',
    wireText: `no sender ${what}`,
  })
}

/** The reserve does not stand for tickets that are worth redeeming. */
export function reserveTooLow(observed: bigint, limit: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_SENDER_RESERVE',
    kind: 'peer',
    message: `The sender’s reserve allows tickets of ${observed} wei; below ${limit} wei they are not worth redeeming.`,
    remedy: 'Let the sender put more into its reserve: it is divided among all active orchestrators.',
    observed: `${observed}`,
    limit: `${limit}`,
    wireText: 'insufficient sender reserve',
  })
}

/** No round of the chain can be named by new tickets now. */
export function ticketRoundUnusable(why: string, observed: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_ROUND',
    kind: 'environment',
    message: `No tickets can be sold at the moment: ${why}.`,
    remedy: 'Wait for the next round to be initialized, or initialize it.',
    observed: `${observed}`,
  })
}

/** A payment of more tickets than the orchestrator takes on the same terms. */
export function noncesSpent(session: string, observed: number, limit: number): LivepeerError {
  return new LivepeerError({
    code: 'LP_TICKET_NONCES_SPENT',
    kind: 'limit',
    message: `A payment would take ${observed} tickets; the orchestrator takes ${limit} more on the terms ${session}.`,
    remedy: 'Let the orchestrator ask for a larger ticketEV, use shorter segments, or ask for new terms.',
    observed,
    limit,
  })
}

/** The key, or what signs in its place, failed. */
export function signingFailed(session: string, sender: string, cause: unknown): LivepeerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new LivepeerError({
    code: 'LP_TICKET_SIGNING',
    kind: 'environment',
    message: `A ticket could not be signed for ${sender}: ${reason}.`,
    remedy: 'Look at the signer of this account.',
    observed: session,
    wireText: `error signing ticket for session: ${session}: ${reason}`,
    cause,
  })
}

/** A message states no price, or one that cannot be. */
export function priceInvalid(why: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_INVALID',
    kind: 'peer',
    message: `A price cannot be used: ${why}.`,
    remedy: 'Send the price unchanged as the orchestrator stated it: 0 or more wei, per 1 or more pixels.',
    observed,
    wireText: `invalid expected price sent with payment err="${why}"`,
  })
}

/** An orchestrator on the chain that names no price. */
export function priceMissing(): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_INVALID',
    kind: 'peer',
    message: 'The orchestrator names no price.',
    remedy: 'Use another orchestrator.',
    wireText: 'missing orchestrator price',
  })
}

/** A price that no message can carry. */
export function priceOutOfRange(observed: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_PRICE_RANGE',
    kind: 'config',
    message: `A price of ${observed} wei per pixel cannot be stated.`,
    remedy: 'Set a price from 0 to 2^63 − 1 wei per pixel.',
    observed,
    limit: '9223372036854775807 wei per pixel',
    wireText: 'price cannot be converted to int64',
  })
}

/** The orchestrator raised its price in the middle of a session. */
export function priceRose(price: Rational, initial: Rational): LivepeerError {
  const [now, first] = [price.toString(), initial.toString()]
  return new LivepeerError({
    code: 'LP_PRICE_ROSE',
    kind: 'peer',
    message: `The orchestrator asks for ${now} wei per pixel; when the session began it was ${first}.`,
    remedy: 'Nothing: the session goes to another orchestrator.',
    observed: now,
    limit: initial.times(2n).toString(),
    wireText: `Orchestrator price has more than doubled, Orchestrator price: ${now}, Orchestrator initial price: ${first}`,
  })
}

/** A price in the configuration is not written as one. */
export function priceTextInvalid(observed: string): LivepeerError {
  return config('LP_PRICE_TEXT', {
    message: `“${observed}” is not a price.`,
    remedy: 'Write a number and, where it is not wei, a currency: 1200, 0.0005USD.',
    observed,
  })
}

/** A price in a currency that cannot be turned into wei. */
export function currencyUnknown(why: string, observed: string): LivepeerError {
  return config('LP_PRICE_CURRENCY', {
    message: `A price cannot be turned into wei: ${why}.`,
    remedy: 'Use wei, ETH, or the currency of the price feed (priceFeedAddr).',
    observed,
    wireText: why,
  })
}

/** An amount of money is not written as one. */
export function amountInvalid(why: string, observed: string, units: readonly string[]): LivepeerError {
  return config('LP_AMOUNT_INVALID', {
    message: `Not an amount: ${why}.`,
    remedy: `Write a number and one of the units ${units.join(', ')}, as in 1.5${units.at(-1)}.`,
    observed,
    limit: units.join(', '),
  })
}

/** The sender cannot pay what redeeming costs. */
export function fundsBelowCost(observed: bigint, limit: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_REDEEM_FUNDS',
    kind: 'peer',
    message: `The sender could pay ${observed} wei; redeeming costs ${limit} wei.`,
    remedy: 'Nothing: it is tried again. Take no work from this sender until it has funds.',
    observed: `${observed}`,
    limit: `${limit}`,
    wireText: 'insufficient sender funds for redeem tx cost',
  })
}

/** The ticket is worth less than what redeeming costs. */
export function faceValueBelowCost(observed: bigint, limit: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_REDEEM_COST',
    kind: 'environment',
    message: `A ticket of ${observed} wei is not worth ${limit} wei for redeeming it.`,
    remedy: 'Nothing: it is tried again when gas is cheaper. Ask for larger tickets where gas stays dear.',
    observed: `${observed}`,
    limit: `${limit}`,
    wireText: 'insufficient ticket face value for redeem tx cost',
  })
}

function config(code: string, init: Omit<LivepeerErrorInit, 'code' | 'kind'>): LivepeerError {
  return new LivepeerError({ ...init, code, kind: 'config' })
}
