import type { Ladder, Profile } from '@livepeer-node/sdk'
import { PIXEL_MARGIN, UNKNOWN_FPS } from './constants.ts'
import { maxRational, Rational } from './rational.ts'

/** What these pixels cost, wei: both sides charge the pixels that were really made. @param price wei per pixel */
export function feeOf(pixels: bigint, price: Rational): Rational {
  return price.times(pixels)
}

/**
 * Pixels that a segment's renditions will have, before anything is known of its frames (payments.md A13): frames per second and
 * seconds are rounded up.
 */
export function estimatePixels(ladder: Ladder, durationMs: number): bigint {
  const seconds = BigInt(Math.ceil(durationMs / 1000))
  return ladder.reduce((sum, profile) => sum + pixelsPerSecond(profile) * seconds, 0n)
}

function pixelsPerSecond({ width, height, fps, fpsDen }: Profile): bigint {
  const frames = fps === 0 ? UNKNOWN_FPS : Math.ceil(fps / (fpsDen || 1))
  return BigInt(width) * BigInt(height) * BigInt(frames)
}

/** What a segment will cost at most, as a broadcaster reckons: estimated pixels, a margin of 2 %, the price. Wei. */
export function estimateFee(ladder: Ladder, durationMs: number, price: Rational): Rational {
  return feeOf(estimatePixels(ladder, durationMs), price).times(PIXEL_MARGIN)
}

/** Tickets to buy, and what they are worth together. */
export interface TicketPurchase {
  readonly tickets: bigint
  /** Wei, exactly tickets times their expected value. */
  readonly worth: Rational
}

/**
 * Tickets that lift a credit to what a segment needs (payments.md A13). An orchestrator demands one of its tickets' expected
 * value even where the fee is less, so that counts as needed too.
 * @param credit may be negative
 * @param ev expected value of one ticket; 0 = the service is free, none are bought
 */
export function ticketsFor({ fee, credit, ev }: { fee: Rational; credit: Rational; ev: Rational }): TicketPurchase {
  const gap = maxRational(fee, ev).minus(credit)
  if (gap.sign <= 0 || ev.sign <= 0) return { tickets: 0n, worth: Rational.ZERO }
  const tickets = gap.dividedBy(ev).ceil()
  return { tickets, worth: ev.times(tickets) }
}
