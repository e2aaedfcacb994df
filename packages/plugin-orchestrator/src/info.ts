import { create } from '@bufbuild/protobuf'
import {
  AUTH_TOKEN_LIFE_S,
  type AuthToken,
  checkAuthToken,
  isAuthTokenOf,
  issueAuthToken,
  newSessionId,
  newTokenSecret,
  type OrchestratorInfo,
  OrchestratorInfoSchema,
  offchainSigner,
} from '@livepeer-node/protocol'
import type { Clock } from '@livepeer-node/sdk'
import type { Workforce } from './transcoders/workforce.ts'

/** What this orchestrator says of itself, and the credentials that it hands out with it (wire.md §4.3). */
export class InfoDesk {
  readonly #init: { readonly uri: string; readonly clock: Clock; readonly workforce: Workforce }
  readonly #secret = newTokenSecret()

  constructor(init: { uri: string; clock: Clock; workforce: Workforce }) {
    this.#init = init
  }

  /** With the token of a session that does not live yet; reserves nothing. */
  forNewSession(): OrchestratorInfo {
    const expiration = BigInt(Math.floor(this.#init.clock.now() / 1000) + AUTH_TOKEN_LIFE_S)
    return this.forToken(issueAuthToken(this.#secret, newSessionId(), expiration))
  }

  /** Refreshed, with the broadcaster's own token and the same URI: a changed one would look like another node (§4.4). */
  forToken(authToken: AuthToken): OrchestratorInfo {
    const { uri, workforce } = this.#init
    return create(OrchestratorInfoSchema, {
      transcoder: uri,
      address: offchainSigner.address,
      capabilities: workforce.capabilities,
      authToken,
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
