import {
  type AuthToken,
  decodePaymentHeader,
  decodeSegmentHeader,
  incompatibility,
  offchainVerifier,
  PAYMENT_HEADER,
  readSegmentJob,
  SEGMENT_HEADER,
  type SegData,
  verifySegmentData,
} from '@livepeer-node/protocol'
import { type Ladder, type LivepeerError, toLivepeerError } from '@livepeer-node/sdk'
import { incompatible } from '../errors.ts'
import type { HttpRequest } from '../http/answer.ts'
import type { InfoDesk } from '../info.ts'
import type { Workforce } from '../transcoders/workforce.ts'

/** A request that gets a status and a text instead of what it asked for. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: LivepeerError

  constructor(status: number, thrown: unknown) {
    const reason = toLivepeerError(thrown)
    super(reason.message)
    this.status = status
    this.reason = reason
  }
}

/** Runs `step`; what it throws becomes a refusal with this status. */
export function refusing<T>(status: number, step: () => T): T {
  try {
    return step()
  } catch (thrown) {
    throw new Refusal(status, thrown)
  }
}

/** What the headers say, checked. */
export interface Credentials {
  readonly data: SegData
  readonly ladder: Ladder
  readonly durationMs: number
  readonly authToken: AuthToken
}

/** The checks that need no body, in the reference's order: which one fails first is what peers see (wire.md §6.4). */
export function checkHeaders(
  request: HttpRequest,
  { info, workforce }: { info: InfoDesk; workforce: Workforce },
): Credentials {
  const payment = refusing(402, () => decodePaymentHeader(header(request, PAYMENT_HEADER)))
  return refusing(403, () => {
    const data = decodeSegmentHeader(header(request, SEGMENT_HEADER))
    const { ladder, durationMs } = readSegmentJob(data)
    verifySegmentData(offchainVerifier, payment.sender, data)
    const lacking = incompatibility(data.capabilities, workforce.capabilities)
    if (lacking) throw incompatible(lacking.detail)
    return { data, ladder, durationMs, authToken: info.check(data.authToken) }
  })
}

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
