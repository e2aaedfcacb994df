import { create } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { decodePaymentHeader, encodePaymentHeader, PaymentSchema } from '../src/index.ts'
import { keyOne } from './support/values.ts'

describe('the payment header', () => {
  it('is empty off chain, and empty or absent it is an empty payment', () => {
    expect(encodePaymentHeader()).toBe('')
    expect(decodePaymentHeader('')).toEqual(create(PaymentSchema))
    expect(decodePaymentHeader(undefined)).toEqual(create(PaymentSchema))
  })

  it('comes back as it was, 600 tickets too', () => {
    const payment = create(PaymentSchema, {
      sender: keyOne.address,
      ticketSenderParams: Array.from({ length: 600 }, (_, i) => ({ senderNonce: i, sig: new Uint8Array(65).fill(i) })),
    })
    expect(decodePaymentHeader(encodePaymentHeader(payment))).toEqual(payment)
  })

  it('that is no base64 or no payment is refused', () => {
    expect(() => decodePaymentHeader('foo')).toThrow(
      expect.objectContaining({ code: 'LP_HEADER_BASE64', wireText: expect.stringMatching(/^base64 decode error: /) }),
    )
    expect(() => decodePaymentHeader('/////w==')).toThrow(
      expect.objectContaining({
        code: 'LP_HEADER_UNDECODABLE',
        wireText: expect.stringMatching(/^protobuf unmarshal error: /),
      }),
    )
  })
})
