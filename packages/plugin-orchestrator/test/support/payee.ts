import { create } from '@bufbuild/protobuf'
import {
  encodeMessage,
  keySigner,
  PriceInfoSchema,
  type Signer,
  TicketParamsSchema,
  toBytesBE,
} from '@livepeer-node/protocol'
import type { IncomingPayment, PaidWork, Payee, Plugin, Quote, QuoteRequest } from '@livepeer-node/sdk'
import { pluginFor } from '@livepeer-node/test-kit'

/** A signer with a key of its own for each number from 1 on. */
export function signerOf(number: number): Signer {
  return keySigner(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? number : 0)))
}

/** A payee that does as it is told, and writes down what it is asked. */
export class ScriptedPayee implements Payee {
  readonly signer = signerOf(2)
  readonly address = this.signer.address
  readonly quotes: QuoteRequest[] = []
  readonly received: IncomingPayment[] = []
  readonly credited: IncomingPayment[] = []
  readonly debits: bigint[] = []
  readonly ended: string[] = []
  /** In this order. */
  readonly log: string[] = []
  /** What the next quotes fail with, one each; `undefined`: it does not. */
  readonly quoteErrors: (Error | undefined)[] = []
  refusal: Error | undefined
  headers: Readonly<Record<string, string>> = { 'livepeer-node-credit': '5/2' }

  quote(request: QuoteRequest): Promise<Quote> {
    this.quotes.push(request)
    this.log.push('quote')
    const error = this.quoteErrors.shift()
    if (error) return Promise.reject(error)
    const terms = { seed: toBytesBE(BigInt(this.quotes.length)) }
    return Promise.resolve({
      ticketParams: encodeMessage(TicketParamsSchema, create(TicketParamsSchema, terms)),
      priceInfo: encodeMessage(PriceInfoSchema, create(PriceInfoSchema, { pricePerUnit: 3n, pixelsPerUnit: 2n })),
    })
  }

  receive(payment: IncomingPayment): Promise<PaidWork> {
    this.received.push(payment)
    this.log.push('receive')
    if (this.refusal) return Promise.reject(this.refusal)
    return Promise.resolve({
      headers: this.headers,
      debit: (pixels) => {
        this.debits.push(pixels)
        this.log.push('debit')
      },
    })
  }

  credit(payment: IncomingPayment): Promise<void> {
    this.credited.push(payment)
    return this.refusal ? Promise.reject(this.refusal) : Promise.resolve()
  }

  endSession(sessionId: string): void {
    this.ended.push(sessionId)
  }

  /** Answers `payment.payee` and `payment.identity`. */
  get plugin(): Plugin {
    return pluginFor('scripted-payee', (node) => {
      node.on.payment.payee(() => this)
      node.on.payment.identity(() => this.signer)
    })
  }
}
