import { Rational } from '@livepeer-node/protocol'

/** One that has not been tried yet, as far as its price and its stake tell. */
export interface Stranger {
  /** Wei per pixel, `n/d`; absent: free. */
  readonly price?: string | undefined
  /** Wei of LPT; absent: not known, counts as 0. */
  readonly stake?: bigint | undefined
}

/** What counts how much; the three weights are 1 together. */
export interface DrawWeights {
  readonly stake: number
  readonly price: number
  readonly random: number
  /** Wei per pixel over which the share of a price falls to 1/e. */
  readonly priceFactor: number
}

/** Parts into which a share of the stake is divided, to come from whole numbers to a probability. */
const STAKE_PARTS = 10n ** 12n

/**
 * How likely each is to be chosen (payments.md F4). Where nobody has any stake, or all are far too dear, each gets that whole weight, as
 * in the reference: then they are more than 1 together.
 */
export function probabilities(strangers: readonly Stranger[], weights: DrawWeights): number[] {
  const byPrice = priceShares(strangers, weights.priceFactor)
  const byStake = stakeShares(strangers)
  return strangers.map(
    (_, i) => weights.price * (byPrice[i] ?? 0) + weights.stake * (byStake[i] ?? 0) + weights.random / strangers.length,
  )
}

/**
 * Draws one. @param random uniform in [0, 1); also decides in which order they stand, because where the probabilities are more than 1
 * together the last ones would never be drawn
 */
export function draw<T extends Stranger>(
  strangers: readonly T[],
  weights: DrawWeights,
  random: () => number = Math.random,
): T | undefined {
  const order = shuffled(strangers, random)
  const each = probabilities(order, weights)
  const drawn = random()
  let sum = 0
  const i = each.findIndex((probability) => {
    sum += probability
    return drawn <= sum
  })
  return order[i] ?? order[0]
}

function priceShares(strangers: readonly Stranger[], factor: number): number[] {
  const likes = strangers.map(({ price = '0' }) => Math.exp(-weiPerPixel(price) / factor))
  const sum = likes.reduce((total, like) => total + like, 0)
  return likes.map((like) => (sum > 0 ? like / sum : 1))
}

/** Only as a weight: what is paid is reckoned with the exact price. */
function weiPerPixel(price: string): number {
  return Number(Rational.parse(price)?.toFixed(9) ?? '0')
}

function stakeShares(strangers: readonly Stranger[]): number[] {
  const sum = strangers.reduce((total, { stake = 0n }) => total + stake, 0n)
  if (sum === 0n) return strangers.map(() => 1)
  return strangers.map(({ stake = 0n }) => Number((stake * STAKE_PARTS) / sum) / Number(STAKE_PARTS))
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const order = [...items]
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const [a, b] = [order[last], order[other]]
    if (a !== undefined && b !== undefined) [order[last], order[other]] = [b, a]
  }
  return order
}
