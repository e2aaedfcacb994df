import { isLivepeerError, type Route, type RouteRequest, type RouteResponse } from '@livepeer-node/sdk'
import { z } from 'zod'
import { controlRequestInvalid } from './errors.ts'
import { type PriceList, priceOf } from './payee/price-list.ts'
import type { WinnerRecord } from './store/winners.ts'

/** What the operator sees and does. */
export interface TicketControls {
  readonly prices: Pick<PriceList, 'standard' | 'special' | 'set'>
  /** Latest first. */
  readonly list: (limit: number) => readonly WinnerRecord[]
  /** Looks at once whether something can be redeemed. */
  readonly redeem: () => void
}

const MAX_BODY_BYTES = 4096
const MOST_TICKETS = 10_000
const DEFAULT_TICKETS = 100

const priceRequest = z.strictObject({
  pricePerUnit: z.string(),
  pixelsPerUnit: z.string().default('1'),
  /** One broadcaster's address; default: all that have no price of their own. */
  for: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .optional(),
})

/** `/payments` on the control listener: winning tickets, and the price. */
export function ticketRoutes({ prices, list, redeem }: TicketControls): readonly Route[] {
  return [
    route('GET', '/payments/tickets', ({ query }) => json(200, list(limitOf(query)).map(listed))),
    route('POST', '/payments/redeem', () => {
      redeem()
      return json(202, { waiting: list(MOST_TICKETS).filter(({ settlement }) => !settlement).length })
    }),
    route('GET', '/payments/price', () => json(200, shown(prices))),
    route('POST', '/payments/price', async (request) => {
      const { pricePerUnit, pixelsPerUnit, for: sender } = await readPrice(request)
      prices.set(priceOf(pricePerUnit, pixelsPerUnit), sender)
      return json(200, shown(prices))
    }),
  ]
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_TICKETS)
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(limit, MOST_TICKETS) : DEFAULT_TICKETS
}

/** Amounts as text: a number could not hold them. */
function listed({ key, ticket: { ticket }, addedAt, settlement }: WinnerRecord) {
  const state = settlement === undefined ? 'waiting' : 'lost' in settlement ? 'lost' : 'redeemed'
  const redeemed = settlement !== undefined && 'redeemed' in settlement ? settlement.redeemed : undefined
  return {
    key,
    state,
    sender: `0x${Buffer.from(ticket.sender).toString('hex')}`,
    faceValue: ticket.faceValue.toString(),
    creationRound: ticket.round.creationRound.toString(),
    addedAt: new Date(addedAt).toISOString(),
    ...(redeemed && { transaction: redeemed.transaction, amount: redeemed.amount.toString() }),
    ...(settlement !== undefined && 'lost' in settlement && { reason: settlement.lost }),
  }
}

function shown({ standard, special }: TicketControls['prices']) {
  const others = [...special].map(([sender, price]) => [sender, price.toString()] as const)
  return { weiPerPixel: standard.toString(), special: Object.fromEntries(others) }
}

function route(
  method: Route['method'],
  path: string,
  handle: (request: RouteRequest) => RouteResponse | Promise<RouteResponse>,
): Route {
  return {
    method,
    path,
    handle: async (request) => {
      try {
        return await handle(request)
      } catch (thrown) {
        if (!isLivepeerError(thrown) || thrown.kind === 'bug') throw thrown
        const { code, message, remedy } = thrown
        return json(400, { code, message, remedy })
      }
    },
  }
}

function json(status: number, value: unknown): RouteResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body: `${JSON.stringify(value)}\n` }
}

async function readPrice({ body }: RouteRequest): Promise<z.output<typeof priceRequest>> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length > MAX_BODY_BYTES) throw controlRequestInvalid('it is too long')
  }
  try {
    return priceRequest.parse(JSON.parse(text))
  } catch (cause) {
    throw controlRequestInvalid(cause instanceof z.ZodError ? z.prettifyError(cause) : 'it is no JSON', cause)
  }
}
