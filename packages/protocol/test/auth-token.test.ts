import { describe, expect, it } from 'vitest'
import { checkAuthToken, isAuthTokenOf, issueAuthToken, newSessionId, newTokenSecret, toHex } from '../src/index.ts'
import { utf8 } from './support/values.ts'

const SECRET = utf8('foo')

describe('an auth token', () => {
  it.each([
    [100n, 'e896e58f32128ad59566fbef0ae8d4b702f6f08cdfe3f17b544696016f5e5423'],
    [1_700_000_000n, 'ce8345743be2a55a8556feb94e9b05715edd89c7cc0fc70e98bb706ba511380e'],
  ])('with expiration %s', (expiration, token) => {
    const issued = issueAuthToken(SECRET, 'bar', expiration)
    expect(issued).toMatchObject({ sessionId: 'bar', expiration })
    expect(toHex(issued.token)).toBe(token)
  })

  it('is taken until its second is over', () => {
    const token = issueAuthToken(SECRET, 'bar', 100n)
    expect(checkAuthToken(SECRET, token, 100_000)).toBe(token)
    expect(() => checkAuthToken(SECRET, token, 100_001)).toThrow(
      expect.objectContaining({ code: 'LP_AUTH_TOKEN_EXPIRED', wireText: 'expired auth token', limit: '100 s' }),
    )
  })

  it('is refused when it is not there', () => {
    expect(() => checkAuthToken(SECRET, undefined, 0)).toThrow(
      expect.objectContaining({ code: 'LP_AUTH_TOKEN_MISSING', wireText: 'missing auth token' }),
    )
  })

  const good = issueAuthToken(SECRET, 'bar', 100n)
  it.each([
    ['other bytes', { ...good, token: good.token.with(31, 0) }],
    ['fewer bytes', { ...good, token: good.token.slice(0, 31) }],
    ['no bytes', { ...good, token: new Uint8Array() }],
    ['another session', { ...good, sessionId: 'baz' }],
    ['another expiration', { ...good, expiration: 101n }],
  ])('is refused with %s', (_name, token) => {
    expect(isAuthTokenOf(SECRET, token)).toBe(false)
    expect(() => checkAuthToken(SECRET, token, 0)).toThrow(
      expect.objectContaining({ code: 'LP_AUTH_TOKEN_INVALID', wireText: 'invalid auth token' }),
    )
  })

  it('of another process is refused, whatever its age', () => {
    const token = issueAuthToken(newTokenSecret(), 'bar', 100n)
    expect(() => checkAuthToken(newTokenSecret(), token, 999_999)).toThrow(
      expect.objectContaining({ code: 'LP_AUTH_TOKEN_INVALID' }),
    )
  })

  it('an old one is still known as ours, for ending sessions', () => expect(isAuthTokenOf(SECRET, good)).toBe(true))

  it('names sessions with 8 hex digits, a new one each time', () => {
    expect(newSessionId()).toMatch(/^[0-9a-f]{8}$/)
    expect(newSessionId()).not.toBe(newSessionId())
    expect(newTokenSecret()).toHaveLength(32)
  })
})
