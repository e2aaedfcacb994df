import { isLivepeerError, LivepeerError, type Route, type RouteRequest, type RouteResponse } from '@livepeer-node/sdk'
import { z } from 'zod'
import type { Credentials } from './credentials.ts'
import type { TranscoderStatus } from './status.ts'

/** What the operator sees and does, as the routes need it. */
export interface Fleet {
  /** Those that are attached. */
  list(): readonly TranscoderStatus[]
  /** It gets no new session, and its sessions move; `undefined`: nobody has this id, or more or fewer than one this name. */
  drainTranscoder(idOrName: string): { readonly id: string; readonly name: string } | undefined
}

/** An entry of `GET /transcoders`. */
export interface ListedTranscoder extends TranscoderStatus {
  readonly state: 'attached' | 'late' | 'draining' | 'suspended'
}

export interface ControlRoutesInit {
  /** Resolves when the orchestrator is there. */
  readonly fleet: () => Promise<Fleet>
  readonly credentials: Credentials
}

const MAX_BODY_BYTES = 4096
const tokenRequest = z.strictObject({ name: z.string() })
const STATUS: Readonly<Record<string, number>> = {
  LP_TRANSCODER_UNKNOWN: 404,
  LP_TOKEN_UNKNOWN: 404,
  LP_TOKEN_TAKEN: 409,
  LP_TOKENS_UNWRITABLE: 507,
}

/** `/transcoders` on the control listener: who is attached, and with which tokens transcoders attach. */
export function controlRoutes({ fleet, credentials }: ControlRoutesInit): readonly Route[] {
  return [
    route('GET', '/transcoders', async () => json(200, (await fleet()).list().map(listed))),
    route('POST', '/transcoders/:id/drain', async ({ params }) => {
      const drained = (await fleet()).drainTranscoder(params['id'] ?? '')
      if (!drained) throw unknownTranscoder(params['id'] ?? '')
      return json(200, { id: drained.id, name: drained.name, state: 'draining' })
    }),
    route('GET', '/transcoders/tokens', async () => json(200, credentials.list())),
    route('POST', '/transcoders/tokens', async (request) => {
      const { name } = await readTokenRequest(request)
      return json(201, { name, token: await credentials.add(name) })
    }),
    route('DELETE', '/transcoders/tokens/:name', async ({ params }) => {
      const name = params['name'] ?? ''
      await credentials.revoke(name)
      return json(200, { name, revoked: true })
    }),
  ]
}

function listed(status: TranscoderStatus): ListedTranscoder {
  return { ...status, state: stateOf(status) }
}

function stateOf({ suspendedUntil, draining, late }: TranscoderStatus): ListedTranscoder['state'] {
  if (suspendedUntil !== undefined) return 'suspended'
  if (draining) return 'draining'
  return late ? 'late' : 'attached'
}

/** What goes wrong is answered in full: the listener is the operator's own. */
function route(
  method: Route['method'],
  path: string,
  handle: (request: RouteRequest) => Promise<RouteResponse>,
): Route {
  return {
    method,
    path,
    handle: async (request) => {
      try {
        return await handle(request)
      } catch (thrown) {
        if (isLivepeerError(thrown) && (thrown.kind === 'input' || thrown.code in STATUS)) return refusal(thrown)
        throw thrown
      }
    },
  }
}

function refusal({ code, message, remedy }: LivepeerError): RouteResponse {
  return json(STATUS[code] ?? 400, { code, message, remedy })
}

function json(status: number, value: unknown): RouteResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body: `${JSON.stringify(value)}\n` }
}

async function readTokenRequest({ body }: RouteRequest): Promise<{ name: string }> {
  const text = await readText(body)
  try {
    return tokenRequest.parse(JSON.parse(text))
  } catch (cause) {
    throw badRequest(cause)
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let received = 0
  for await (const chunk of body) {
    received += chunk.length
    if (received > MAX_BODY_BYTES) throw badRequest(undefined)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const badRequest = (cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKEN_REQUEST',
    kind: 'input',
    message: 'The body does not say which token is to be made.',
    remedy: 'Send {"name": "…"} as JSON.',
    cause,
  })

const unknownTranscoder = (observed: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TRANSCODER_UNKNOWN',
    kind: 'input',
    message: 'No attached transcoder has this id, and not exactly one has this name.',
    remedy: 'Take the id from the list of transcoders.',
    observed: observed.slice(0, 100),
  })
