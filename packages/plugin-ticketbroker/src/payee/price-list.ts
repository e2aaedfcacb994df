import { readFileSync } from 'node:fs'
import { isEther, parsePricePerUnit, Rational, toHex, toWei } from '@livepeer-node/protocol'
import { z } from 'zod'
import { gatewayPricesInvalid, pixelsInvalid, currencyUnsupported, priceUnset } from '../errors.ts'

const entry = z.object({
  ethaddress: z.string(),
  priceperunit: z.union([z.number(), z.string()]).transform(String),
  currency: z.string().default(''),
  pixelsperunit: z.union([z.number(), z.string()]).transform(String).optional(),
})
const gatewayFile = z.object({ gateways: z.array(entry).default([]), broadcasters: z.array(entry).default([]) })

export interface PriceOptions {
  readonly pricePerUnit?: string | undefined
  readonly pixelsPerUnit: string
  /** Go-livepeer's JSON: itself, its text, or the path of its file. */
  readonly pricePerGateway?: string | Readonly<Record<string, unknown>> | undefined
}

/** Wei per pixel, by broadcaster (payments.md A15). */
export class PriceList {
  #base: Rational
  /** By address in lower case. */
  readonly #special: Map<string, Rational>

  private constructor(base: Rational, special: Map<string, Rational>) {
    this.#base = base
    this.#special = special
  }

  /** @throws `LP_PRICE_UNSET`, `LP_PRICE_TEXT`, `LP_PRICE_CURRENCY`, `LP_PRICE_PIXELS`, `LP_PRICE_GATEWAYS` */
  static from({ pricePerUnit, pixelsPerUnit, pricePerGateway }: PriceOptions): PriceList {
    const special = pricePerGateway === undefined ? new Map<string, Rational>() : readGateways(pricePerGateway)
    const standard = pricePerUnit === undefined ? special.get('default') : priceOf(pricePerUnit, pixelsPerUnit)
    if (!standard) throw priceUnset()
    return new PriceList(special.get('default') ?? standard, special)
  }

  /** @param sender 20 bytes */
  of(sender: Uint8Array): Rational {
    return this.#special.get(`0x${toHex(sender)}`) ?? this.#base
  }

  /** From now on, until the node ends: for one broadcaster (`0x…`), or for all without a price of their own. Sessions keep theirs. */
  set(price: Rational, sender?: string): void {
    if (sender === undefined) this.#base = price
    else this.#special.set(sender.toLowerCase(), price)
  }

  /** Prices of some broadcasters, by address in lower case. */
  get special(): ReadonlyMap<string, Rational> {
    return this.#special
  }

  /** For people. */
  get standard(): Rational {
    return this.#base
  }
}

/** Wei per pixel. @throws `LP_PRICE_TEXT`, `LP_PRICE_CURRENCY`, `LP_PRICE_PIXELS` */
export function priceOf(pricePerUnit: string, pixelsPerUnit: string): Rational {
  const pixels = Rational.parse(pixelsPerUnit)
  if (!pixels || pixels.sign <= 0) throw pixelsInvalid(pixelsPerUnit)
  const priced = parsePricePerUnit(pricePerUnit)
  if (!isEther(priced.currency)) throw currencyUnsupported(pricePerUnit)
  return toWei(priced).dividedBy(pixels)
}

function readGateways(given: string | Readonly<Record<string, unknown>>): Map<string, Rational> {
  const parsed = gatewayFile.safeParse(typeof given === 'string' ? readJson(given) : given)
  if (!parsed.success) throw gatewayPricesInvalid(z.prettifyError(parsed.error))
  const { gateways, broadcasters } = parsed.data
  return new Map(
    [...gateways, ...broadcasters].map(({ ethaddress, priceperunit, currency, pixelsperunit = '1' }) => [
      ethaddress.toLowerCase(),
      priceOf(`${priceperunit}${currency}`, pixelsperunit),
    ]),
  )
}

function readJson(given: string): unknown {
  try {
    return JSON.parse(given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8'))
  } catch (cause) {
    throw gatewayPricesInvalid(cause instanceof Error ? cause.message : String(cause), cause)
  }
}
