import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import { concatBytes, fromBytesBE, toAddress, toBytesBE, toUint256 } from '../bytes.ts'
import { auxData } from './hash.ts'
import type { Rational } from './rational.ts'
import type { TicketRound, TicketTerms } from './types.ts'

/**
 * An orchestrator's key for its secret numbers; made at each start. As an object it is 6 times as fast as its bytes, and no log
 * shows it.
 * @param bytes default: 32 random ones
 */
export function ticketSecret(bytes: Uint8Array = randomBytes(32)): KeyObject {
  return createSecretKey(bytes)
}

/** All that an orchestrator's secret number depends on beside its key. */
export interface RandInputs extends Pick<TicketTerms, 'seed' | 'faceValue' | 'winProb' | 'expirationBlock'> {
  /** 20 bytes. */
  readonly sender: Uint8Array
  /** Wei per pixel. */
  readonly price: Rational
  readonly round: TicketRound
}

/**
 * The secret number behind `recipientRandHash`, found again from what the broadcaster sends back: whoever changes a value
 * gets another number. Only the orchestrator that issued the terms ever computes it. Each value has a fixed width, unlike in
 * `referenceRecipientRand`.
 * @param secret see `ticketSecret`
 */
export function deriveRecipientRand(secret: KeyObject, inputs: RandInputs): bigint {
  const { seed, faceValue, winProb, expirationBlock, price, sender, round } = inputs
  const numbers = [seed, faceValue, winProb, expirationBlock, price.numerator, price.denominator]
  return hmacNumber(secret, [toAddress(sender), ...numbers.map(toUint256), auxData(round)])
}

/**
 * The number as go-livepeer derives it (payments.md A5), for its known answers and for a secret shared with it.
 *
 * Not for issuing: nothing separates the values, so bytes can be moved from one into the next. Block 0x0410 with a price of
 * 0x04b0 and block 0x041004 with a price of 0xb0 give the same number: a broadcaster sets its own price.
 */
export function referenceRecipientRand(secret: KeyObject, inputs: RandInputs): bigint {
  const { seed, faceValue, winProb, expirationBlock, price, sender, round } = inputs
  const numbers = [faceValue, winProb, expirationBlock, price.numerator, price.denominator]
  return hmacNumber(secret, [toBytesBE(seed), toAddress(sender), ...numbers.map(toBytesBE), auxData(round)])
}

function hmacNumber(secret: KeyObject, parts: readonly Uint8Array[]): bigint {
  return fromBytesBE(createHmac('sha256', secret).update(concatBytes(parts)).digest())
}
