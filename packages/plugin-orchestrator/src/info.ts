import { create } from '@bufbuild/protobuf'
import {
  AUTH_TOKEN_LIFE_S,
  type AuthToken,
  checkAuthToken,
  decodeMessage,
  isAuthTokenOf,
  issueAuthToken,
  newSessionId,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  PriceInfoSchema,
  TicketParamsSchema,
} from '@livepeer-node/protocol'
import type { Clock, Quote } from '@livepeer-node/sdk'
import type { Workforce } from './transcoders/workforce.ts'

export interface InfoDeskInit {
  readonly uri: string
  readonly clock: Clock
  readonly workforce: Workforce
  /** Of this orchestrator, 20 bytes; off chain zeros. */
  readonly address: Uint8Array
  /** Behind the tokens. */
  readonly tokenSecret: Uint8Array
}

/** What this orchestrator says of itself, and the credentials that it hands out with it (wire.md §4.3). */
export class InfoDesk {
  readonly #init: InfoDeskInit
  readonly #secret: Uint8Array

  constructor(init: InfoDeskInit) {
    this.#init = init
    this.#secret = init.tokenSecret
  }

  /** With the token of a session that does not live yet; reserves nothing. */
  forNewSession(quote?: Quote): OrchestratorInfo {
    const expiration = BigInt(Math.floor(this.#init.clock.now() / 1000) + AUTH_TOKEN_LIFE_S)
    return this.forToken(issueAuthToken(this.#secret, newSessionId(), expiration), quote)
  }

  /** Refreshed, with the broadcaster's own token and the same URI: a changed one would look like another node (§4.4). */
  forToken(authToken: AuthToken, quote?: Quote): OrchestratorInfo {
    const { uri, workforce, address } = this.#init
    return create(OrchestratorInfoSchema, {
      transcoder: uri,
      address,
      capabilities: workforce.capabilities,
      authToken,
      ...(quote && { priceInfo: decodeMessage(PriceInfoSchema, quote.priceInfo) }),
      ...(quote?.ticketParams && { ticketParams: decodeMessage(TicketParamsSchema, quote.ticketParams) }),
    })
  }

  /** Throws unless the token is there, ours and not too old. */
  check(token: AuthToken | undefined): AuthToken {
    return checkAuthToken(this.#secret, token, this.#init.clock.now())
  }

  /** Ours, however old: a session may be ended after its time. */
  isOurs(token: AuthToken): boolean {
    return isAuthTokenOf(this.#secret, token)
  }
}
