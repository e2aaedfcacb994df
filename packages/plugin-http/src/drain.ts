import type { DrainOutcome, Route, RouteRequest, StopRequest } from '@livepeer-node/sdk'
import { z } from 'zod'
import { badDrainRequest } from './errors.ts'

const MAX_BODY_BYTES = 10_000
const MAX_GRACE_MS = 7 * 24 * 3_600_000
const body = z.strictObject({
  graceMs: z.int().min(0).max(MAX_GRACE_MS).optional(),
  wait: z.boolean().default(false),
})

/** `POST /drain` asks for the node's end, as SIGTERM does. With `wait` it is answered at that end, and tells how it went. */
export function drainRoute(requestStop: (request: StopRequest) => Promise<DrainOutcome>): Route {
  return {
    method: 'POST',
    path: '/drain',
    handle: async (request) => {
      const { graceMs, wait } = await read(request)
      const ended = requestStop({ reason: 'the operator drains it', ...(graceMs !== undefined && { graceMs }) })
      return wait ? json(200, await ended) : json(202, { draining: true })
    },
  }
}

async function read({ body: stream }: RouteRequest): Promise<z.output<typeof body>> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += (chunk as Buffer).length
    if (bytes > MAX_BODY_BYTES) throw badDrainRequest(`it is larger than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk as Buffer)
  }
  const text = Buffer.concat(chunks).toString('utf8').trim()
  const parsed = body.safeParse(text === '' ? {} : parse(text))
  if (!parsed.success) throw badDrainRequest(parsed.error.issues[0]?.message ?? 'it is no JSON object')
  return parsed.data
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // refused as what it is not
  }
}

function json(status: number, value: unknown) {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers, body: JSON.stringify(value) }
}
