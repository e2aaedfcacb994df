import { readFileSync } from 'node:fs'
import { type Rational, toHex } from '@livepeer-node/protocol'
import { z } from 'zod'
import { gatewayPricesInvalid, priceUnset } from '../errors.ts'
import { type Convert, etherOnly, livePrice, type LivePrice } from '../pricing.ts'

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
  #base: LivePrice
  /** By address in lower case. */
  readonly #special: Map<string, LivePrice>

  private constructor(base: LivePrice, special: Map<string, LivePrice>) {
    this.#base = base
    this.#special = special
  }

  /** @throws `LP_PRICE_UNSET`, `LP_PRICE_TEXT`, `LP_PRICE_CURRENCY`, `LP_PRICE_PIXELS`, `LP_PRICE_GATEWAYS` */
  static from(options: PriceOptions, convert: Convert = etherOnly): PriceList {
    const { pricePerUnit, pixelsPerUnit } = options
    const special = new Map(
      gatewaysOf(options).map(({ address, price, pixels }) => [address, livePrice(price, pixels, convert)]),
    )
    const standard =
      pricePerUnit === undefined ? special.get('default') : livePrice(pricePerUnit, pixelsPerUnit, convert)
    if (!standard) throw priceUnset()
    return new PriceList(special.get('default') ?? standard, special)
  }

  /** All prices as they are written: numbers, with a currency where it is not wei. @throws `LP_PRICE_GATEWAYS` */
  static written(options: PriceOptions): string[] {
    const { pricePerUnit } = options
    return [...(pricePerUnit === undefined ? [] : [pricePerUnit]), ...gatewaysOf(options).map(({ price }) => price)]
  }

  /** @param sender 20 bytes */
  of(sender: Uint8Array): Rational {
    return (this.#special.get(`0x${toHex(sender)}`) ?? this.#base)()
  }

  /** From now on, until the node ends: for one broadcaster (`0x…`), or for all without a price of their own. Sessions keep theirs. */
  set(price: Rational, sender?: string): void {
    if (sender === undefined) this.#base = () => price
    else this.#special.set(sender.toLowerCase(), () => price)
  }

  /** Prices of some broadcasters, by address in lower case. */
  get special(): ReadonlyMap<string, Rational> {
    return new Map([...this.#special].map(([address, price]) => [address, price()]))
  }

  /** For people. */
  get standard(): Rational {
    return this.#base()
  }
}

/** Wei per pixel. @throws `LP_PRICE_TEXT`, `LP_PRICE_CURRENCY`, `LP_PRICE_PIXELS` */
export function priceOf(pricePerUnit: string, pixelsPerUnit: string): Rational {
  return livePrice(pricePerUnit, pixelsPerUnit)()
}

interface GatewayPrice {
  /** In lower case; or `default`. */
  readonly address: string
  /** With its currency. */
  readonly price: string
  readonly pixels: string
}

function gatewaysOf({ pricePerGateway: given }: Pick<PriceOptions, 'pricePerGateway'>): GatewayPrice[] {
  if (given === undefined) return []
  const parsed = gatewayFile.safeParse(typeof given === 'string' ? readJson(given) : given)
  if (!parsed.success) throw gatewayPricesInvalid(z.prettifyError(parsed.error))
  const { gateways, broadcasters } = parsed.data
  return [...gateways, ...broadcasters].map(({ ethaddress, priceperunit, currency, pixelsperunit = '1' }) => {
    return { address: ethaddress.toLowerCase(), price: `${priceperunit}${currency}`, pixels: pixelsperunit }
  })
}

function readJson(given: string): unknown {
  try {
    return JSON.parse(given.trimStart().startsWith('{') ? given : readFileSync(given, 'utf8'))
  } catch (cause) {
    throw gatewayPricesInvalid(cause instanceof Error ? cause.message : String(cause), cause)
  }
}
