import { ethVerifier, offchainSigner, offchainVerifier, type Signer, type Verifier } from '@livepeer-node/protocol'
import type { Identity, IncomingPayment, PaidWork, Payee, Quote, QuoteRequest } from '@livepeer-node/sdk'

/** Money and signatures, as far as an orchestrator deals with them. */
export interface Settlement {
  /** In each `OrchestratorInfo`, 20 bytes; off chain zeros. */
  readonly address: Uint8Array
  /** Of results. */
  readonly signer: Signer
  /** Of what broadcasters send. */
  readonly verifier: Verifier
  /** Terms for whoever asks; `undefined`: it costs nothing, and nothing is said of it. */
  quote(request: QuoteRequest): Promise<Quote | undefined>
  /** Takes a payment and makes sure that it covers a segment; `debit` of what it yields must be called once. */
  receive(payment: IncomingPayment): Promise<PaidWork>
  /** Takes a payment. */
  credit(payment: IncomingPayment): Promise<void>
  endSession(sessionId: string): void
}

/** Without a chain: nobody signs, and nobody pays. */
export const offchainSettlement: Settlement = Object.freeze({
  address: offchainSigner.address,
  signer: offchainSigner,
  verifier: offchainVerifier,
  quote: () => Promise.resolve(undefined),
  receive: () => Promise.resolve({ headers: {}, debit: () => undefined }),
  credit: () => Promise.resolve(),
  endSession: () => undefined,
})

/** With somebody who takes the money. @param identity who signs results; absent: they stay unsigned */
export function onchainSettlement(payee: Payee, identity: Identity | undefined): Settlement {
  return {
    address: payee.address,
    signer: identity ?? offchainSigner,
    verifier: ethVerifier,
    quote: (request) => payee.quote(request),
    receive: (payment) => payee.receive(payment),
    credit: (payment) => payee.credit(payment),
    endSession: (sessionId) => payee.endSession(sessionId),
  }
}
