import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { toBytesBE } from './bytes.ts'
import { authTokenRefused } from './errors.ts'
import { type AuthToken, AuthTokenSchema } from './gen/net/lp_rpc_pb.ts'

/** How long a session's token is good for, seconds. */
export const AUTH_TOKEN_LIFE_S = 1800

/** A new session's id: 8 lower-case hex digits. */
export function newSessionId(): string {
  return randomBytes(4).toString('hex')
}

/** An orchestrator's secret for its tokens: 32 random bytes, made at each start. */
export function newTokenSecret(): Uint8Array {
  return randomBytes(32)
}

/** The credential of a session (wire.md §4.3). `expiration` in seconds since 1970. */
export function issueAuthToken(secret: Uint8Array, sessionId: string, expiration: bigint): AuthToken {
  return create(AuthTokenSchema, { token: tokenOf(secret, sessionId, expiration), sessionId, expiration })
}

/** Was this token made with this secret for exactly its session and expiration? Old ones are; takes the same time whatever differs. */
export function isAuthTokenOf(secret: Uint8Array, token: AuthToken): boolean {
  const expected = tokenOf(secret, token.sessionId, token.expiration)
  return token.token.length === expected.length && timingSafeEqual(token.token, expected)
}

/**
 * The token, when it is there, ours and not past its time.
 * @param nowMs ms since 1970
 * @throws `LP_AUTH_TOKEN_MISSING`, `LP_AUTH_TOKEN_INVALID`, `LP_AUTH_TOKEN_EXPIRED` with the reference's texts (wire.md §6.4).
 */
export function checkAuthToken(secret: Uint8Array, token: AuthToken | undefined, nowMs: number): AuthToken {
  if (!token) throw authTokenRefused('missing')
  if (!isAuthTokenOf(secret, token)) throw authTokenRefused('invalid', token.sessionId)
  if (BigInt(Math.floor(nowMs)) > token.expiration * 1000n) {
    throw authTokenRefused('expired', `${Math.floor(nowMs / 1000)} s`, `${token.expiration} s`)
  }
  return token
}

function tokenOf(secret: Uint8Array, sessionId: string, expiration: bigint): Uint8Array {
  return new Uint8Array(createHmac('sha256', secret).update(sessionId, 'utf8').update(toBytesBE(expiration)).digest())
}
