import type { LoadedConfig } from '@livepeer-node/core'
import { isEther, parsePricePerUnit, Rational, toWei } from '@livepeer-node/protocol'
import { z } from 'zod'
import { PAYMENT } from '../../presets.ts'
import type { BroadcasterLimits } from './examine.ts'

const Options = z.object({
  maxPricePerUnit: z.coerce.string().default('0'),
  pixelsPerUnit: z.coerce.string().default('1'),
  depositMultiplier: z.coerce.bigint().default(1n),
})

/** What a broadcaster’s options keep it to. Throws `LP_PRICE_TEXT`. */
export function payerLimits({ plugins }: LoadedConfig): Omit<BroadcasterLimits, 'uris'> {
  const plugin = plugins.find(({ definition }) => definition.name === PAYMENT)
  const { maxPricePerUnit, pixelsPerUnit, depositMultiplier } = Options.parse(plugin?.rawOptions ?? {})
  const priced = parsePricePerUnit(maxPricePerUnit)
  const pixels = Rational.parse(pixelsPerUnit) ?? Rational.ONE
  // That needs a price feed: the node has it, this command does not.
  if (!isEther(priced.currency)) return { depositMultiplier, maxPrice: undefined, foreignPrice: maxPricePerUnit }
  const isLimit = priced.amount.sign > 0 && pixels.sign > 0
  return { depositMultiplier, maxPrice: isLimit ? toWei(priced).dividedBy(pixels) : undefined }
}
