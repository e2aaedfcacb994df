import {
  type AuthToken,
  decodePaymentHeader,
  decodeSegmentHeader,
  incompatibility,
  PAYMENT_HEADER,
  readSegmentJob,
  SEGMENT_HEADER,
  type SegData,
  toAddress,
  type Verifier,
  verifySegmentData,
} from '@livepeer-node/protocol'
import { type Ladder, type LivepeerError, type LogFields, toLivepeerError } from '@livepeer-node/sdk'
import { incompatible } from '../errors.ts'
import type { HttpRequest } from '../http/answer.ts'
import type { InfoDesk } from '../info.ts'
import type { Workforce } from '../transcoders/workforce.ts'

/** A request that gets a status and a text instead of what it asked for. */
export class Refusal extends Error {
  readonly status: number
  readonly reason: LivepeerError
  /** For the log. */
  readonly fields: LogFields

  constructor(status: number, thrown: unknown, fields: LogFields = {}) {
    const reason = toLivepeerError(thrown)
    super(reason.message)
    this.status = status
    this.reason = reason
    this.fields = fields
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
  /** Who pays, 20 bytes; off chain zeros. */
  readonly sender: Uint8Array
  /** Value of the payment's header. */
  readonly payment: string | undefined
}

/** The checks that need no body, in the reference's order: which one fails first is what peers see (wire.md §6.4). */
export function checkHeaders(
  request: HttpRequest,
  { info, workforce, verifier }: { info: InfoDesk; workforce: Workforce; verifier: Verifier },
): Credentials {
  const payment = header(request, PAYMENT_HEADER)
  const sender = refusing(402, () => toAddress(decodePaymentHeader(payment).sender))
  return refusing(403, () => {
    const data = decodeSegmentHeader(header(request, SEGMENT_HEADER))
    const { ladder, durationMs } = readSegmentJob(data)
    verifySegmentData(verifier, sender, data)
    const lacking = incompatibility(data.capabilities, workforce.capabilities)
    if (lacking) throw incompatible(lacking.detail)
    return { data, ladder, durationMs, authToken: info.check(data.authToken), sender, payment }
  })
}

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
