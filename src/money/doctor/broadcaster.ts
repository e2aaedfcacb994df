import type { Rational } from '@livepeer-node/protocol'
import { ether, rationalOf } from '../amounts.ts'
import type { Deposit } from '../deposit.ts'
import type { PriceQuote } from '../quotes.ts'
import { type Check, failed, ok, warning } from './check.ts'

export interface BroadcasterFacts {
  readonly deposit: Deposit
  /** Among so many orchestrators the reserve is divided. */
  readonly poolSize: bigint
  readonly quotes: readonly PriceQuote[]
  /** A winning ticket may cost the deposit divided by this. */
  readonly depositMultiplier: bigint
  /** Highest price, wei per pixel; `undefined`: any. */
  readonly maxPrice: Rational | undefined
  /** A highest price in another currency, as it was written: it is not compared. */
  readonly foreignPrice?: string
}

/** Can this account pay, and whom? */
export function broadcasterChecks(facts: BroadcasterFacts): Check[] {
  const { quotes, foreignPrice } = facts
  const unknown = 'The node holds prices against it, by its price feed; here they are not.'
  return [
    depositCheck(facts),
    reserveCheck(facts),
    ...(foreignPrice === undefined ? [] : [warning('highest price', foreignPrice, unknown)]),
    ...quotes.map((quote) => quoteCheck(quote, facts)),
    anyCheck(facts),
  ]
}

function depositCheck({ deposit: { deposit, state, withdrawRound } }: BroadcasterFacts): Check {
  if (state === 'unlocking' || state === 'unlocked') {
    const found = `${ether(deposit)}, ${state}: withdrawable from round ${withdrawRound}`
    return failed('deposit', found, 'Nobody takes tickets: `livepeer deposit cancel-unlock`.')
  }
  if (deposit === 0n) return failed('deposit', ether(0n), 'Fund it: `livepeer deposit fund --deposit 0.1ETH`.')
  return ok('deposit', ether(deposit))
}

function reserveCheck({ deposit: { reserve }, poolSize }: BroadcasterFacts): Check {
  if (reserve === 0n) return failed('reserve', ether(0n), 'Fund it: `livepeer deposit fund --reserve 0.3ETH`.')
  const share = poolSize === 0n ? 0n : reserve / poolSize
  const found = `${ether(reserve)} / ${poolSize} orchestrators = ${ether(share)}: the largest face value that one may ask`
  return ok('reserve', found)
}

/** Required against held, for one orchestrator. */
function quoteCheck({ uri, error, weiPerPixel, faceValue = 0n }: PriceQuote, facts: BroadcasterFacts): Check {
  const { deposit, depositMultiplier, maxPrice } = facts
  if (weiPerPixel === undefined) {
    const remedy = /insufficient sender reserve/.test(error ?? '')
      ? 'The reserve, divided by the pool, is below what it has to ask: add to the reserve.'
      : 'Nothing, if others answer.'
    return warning(uri, error ?? 'no price', remedy)
  }
  const price = rationalOf(weiPerPixel)
  if (maxPrice && price.isMoreThan(maxPrice)) {
    return warning(
      uri,
      `${weiPerPixel} wei per pixel, above ${maxPrice.toString()}`,
      'It is not used: raise --max-price-per-unit.',
    )
  }
  const required = faceValue * depositMultiplier
  const found = `${weiPerPixel} wei per pixel; deposit ${ether(deposit.deposit)}, required ${ether(required)} = face value ${ether(faceValue)} × ${depositMultiplier}`
  return deposit.deposit < required
    ? failed(uri, found, `Add ${ether(required - deposit.deposit)} to the deposit.`)
    : ok(uri, found)
}

function anyCheck({ quotes }: BroadcasterFacts): Check {
  const answered = quotes.filter(({ weiPerPixel }) => weiPerPixel !== undefined).length
  const found = `${answered} of ${quotes.length} named a price`
  return answered === 0 ? failed('orchestrators', found, 'Look at the reasons above.') : ok('orchestrators', found)
}
