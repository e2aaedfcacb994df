import { decodeMessage, keySigner, OrchestratorInfoSchema, type Signer } from '@livepeer-node/protocol'
import type { PayableWork, Payer, PayerRequest, Plugin, SegmentPayment } from '@livepeer-node/sdk'
import { pluginFor } from '@livepeer-node/test-kit'

/** What happened to one payment, in order: `answered <credit>`, `settled <pixels>`. */
export interface PaymentTrace {
  readonly n: number
  readonly work: PayableWork
  readonly events: string[]
}

/** A payment scheme of the tests: headers are `pay <n>`. */
export class PaymentDouble {
  readonly signer: Signer = keySigner(new Uint8Array(32).fill(7))
  /** Signs in the key's place, for a segment. */
  signs: ((hash: Uint8Array) => Promise<Uint8Array>) | undefined
  readonly requests: PayerRequest[] = []
  readonly payments: PaymentTrace[] = []
  /** Session ids that payers were given, by `update`. */
  readonly updates: string[] = []
  closed = 0
  /** Throws here make paying impossible. */
  open: () => void = () => {}
  check: () => 'good' | 'stale' = () => 'good'
  pay: () => void = () => {}
  price = '7/2'

  plugin(): Plugin {
    return pluginFor('payments', (node) => {
      const sign = (hash: Uint8Array) => this.signs?.(hash) ?? this.signer.sign(hash)
      node.on.payment.identity(() => ({ ...this.signer, sign }))
      node.on.payment.payer((request) => this.#payer(request))
    })
  }

  #payer(request: PayerRequest): Payer {
    this.open()
    this.requests.push(request)
    return {
      price: this.price,
      check: () => this.check(),
      pay: async (work) => {
        this.pay()
        return this.#payment(work)
      },
      update: (info) => {
        this.updates.push(decodeMessage(OrchestratorInfoSchema, info).authToken?.sessionId ?? '')
      },
      close: () => {
        this.closed += 1
      },
      view: () => ({ price: this.price, credit: '5', spent: '9', tickets: 3 }),
    }
  }

  #payment(work: PayableWork): SegmentPayment {
    const trace: PaymentTrace = { n: this.payments.length, work, events: [] }
    this.payments.push(trace)
    return {
      header: `pay ${trace.n}`,
      answered: (header) => trace.events.push(`answered ${header('Livepeer-Node-Credit') ?? 'nothing'}`),
      settle: (pixels) => trace.events.push(`settled ${pixels}`),
    }
  }
}
