import { LivepeerError } from '@livepeer-node/sdk'

/** A winner whose rounds ended before it was redeemed. */
export function ticketExpired(creationRound: bigint, round: bigint, reason = 'nothing was tried'): LivepeerError {
  return new LivepeerError({
    code: 'LP_REDEEM_TOO_LATE',
    kind: 'environment',
    message: `A winning ticket of round ${creationRound} can not be redeemed in round ${round} any more; before: ${reason}.`,
    remedy:
      'Keep the node running, its endpoints reachable and its account with ETH for gas; look at the warnings before.',
    observed: `${round}`,
    limit: `${creationRound}`,
  })
}

/** A plugin answered `redeem.decide` with `never`. */
export function ticketGivenUp(faceValue: bigint): LivepeerError {
  return new LivepeerError({
    code: 'LP_REDEEM_NEVER',
    kind: 'config',
    message: `A winning ticket of ${faceValue} wei is given up: a plugin said never.`,
    remedy: 'Nothing, if that is meant; otherwise look at the plugin that answers redeem.decide.',
  })
}

/** The contract would not take, or did not take, a ticket. */
export function redemptionRefused(reason: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_REDEEM_REFUSED',
    kind: 'peer',
    message: `The contract refuses a winning ticket: ${reason}.`,
    remedy:
      'Nothing: it is tried again until its rounds are over. Where it says “transcoder must be registered”, bond first.',
    observed: reason,
    cause,
  })
}
