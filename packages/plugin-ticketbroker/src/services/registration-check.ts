import type { Logger } from '@livepeer-node/sdk'
import type { ChainService, ServiceChain } from './chain.ts'

export interface RegistrationCheckInit {
  readonly chain: ServiceChain
  /** Who is paid, `0x…`. */
  readonly address: string
  /** Where this node is reached; `undefined`: it does not know. */
  readonly serviceUri: string | undefined
  readonly log: Logger
}

/** Says once in each round what keeps broadcasters from finding this orchestrator (payments.md E8). */
export class RegistrationCheck implements ChainService {
  readonly complaint = 'the registration could not be checked'
  readonly #init: RegistrationCheckInit
  #checked = -1n

  constructor(init: RegistrationCheckInit) {
    this.#init = init
  }

  async look(): Promise<void> {
    const { chain, address, serviceUri, log } = this.#init
    const { number } = await chain.round()
    if (number === this.#checked) return
    const registered = await chain.orchestrator(address)
    this.#checked = number
    if (!registered.active) {
      log.warn('this orchestrator is not active in the round: broadcasters do not find it on chain', {
        address,
        round: `${number}`,
        remedy: 'register it with `livepeer orchestrator register`; it is active from the next round on',
      })
    }
    if (serviceUri === undefined || sameOrigin(registered.serviceUri, serviceUri)) return
    log.warn('the chain names another service URI than this node has', {
      observed: registered.serviceUri,
      limit: serviceUri,
      remedy: 'set it with `livepeer orchestrator set-uri`',
    })
  }
}

/** Host and port count; what stands behind them does not. */
function sameOrigin(a: string, b: string): boolean {
  return URL.canParse(a) && URL.canParse(b) && new URL(a).host === new URL(b).host
}
