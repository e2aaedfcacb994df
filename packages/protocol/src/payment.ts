import { create } from '@bufbuild/protobuf'
import { decodeHeader, encodeHeader } from './codec.ts'
import { type Payment, PaymentSchema } from './gen/net/lp_rpc_pb.ts'
import { PAYMENT_HEADER } from './http-names.ts'

/** A payment as the value of the `Livepeer-Payment` header; off chain the empty text, which is an empty payment. */
export function encodePaymentHeader(payment: Payment = create(PaymentSchema)): string {
  return encodeHeader(PaymentSchema, payment)
}

/** From the `Livepeer-Payment` header; absent or empty = empty. @throws `LP_HEADER_BASE64`, `LP_HEADER_UNDECODABLE` (answer 402). */
export function decodePaymentHeader(value: string | undefined): Payment {
  return decodeHeader(PaymentSchema, value ?? '', {
    name: PAYMENT_HEADER,
    notBase64: 'base64 decode error: illegal base64 data',
    prefix: 'protobuf unmarshal error: ',
  })
}
