import { create } from '@bufbuild/protobuf'
import { LivepeerError } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import {
  ethVerifier,
  isNonRetryable,
  keccak256,
  NON_RETRYABLE_ERRORS,
  offchainSigner,
  offchainVerifier,
  OrchestratorInfoSchema,
  resultDigest,
  signResult,
  toHex,
  verifyResult,
  WireText,
  wireTextOf,
} from '../src/index.ts'
import { keyOne, utf8 } from './support/values.ts'

const RENDITIONS = [utf8('foo'), utf8('bar')]

describe('the signature over renditions', () => {
  it('is that of wire.md §12.2: hashed once less than others', async () => {
    expect(toHex(resultDigest(RENDITIONS.map((bytes) => keccak256(bytes))))).toBe(
      '744766909640c85c19ca00139e7af3c5d9cb8dbfbc6635812eedc4e3cbf4fce6',
    )
    expect(toHex(await signResult(keyOne, RENDITIONS))).toBe(
      '9e28532b5401f1ae320ed1921e223e13f42df7611ef359fdad1e53c20fd3947b7bf7a053cee9aef07cb94f7d938e07f647076a8ca16044f406a936105acba3c01c',
    )
  })

  it('must be the address’s, in order', async () => {
    const signature = await signResult(keyOne, RENDITIONS)
    const info = create(OrchestratorInfoSchema, { address: keyOne.address, ticketParams: { recipient: utf8('other') } })
    expect(() => verifyResult(ethVerifier, { info, renditions: RENDITIONS, signature })).not.toThrow()
    expect(() => verifyResult(ethVerifier, { info, renditions: RENDITIONS.toReversed(), signature })).toThrow(
      expect.objectContaining({ code: 'LP_RESULT_SIGNATURE', wireText: 'PM Check Failed' }),
    )
  })

  it('must be the ticket recipient’s where the address is zero', async () => {
    const signature = await signResult(keyOne, RENDITIONS)
    const address = new Uint8Array(20)
    const info = create(OrchestratorInfoSchema, { address, ticketParams: { recipient: keyOne.address } })
    expect(() => verifyResult(ethVerifier, { info, renditions: RENDITIONS, signature })).not.toThrow()
    const nobody = create(OrchestratorInfoSchema, { address })
    expect(() => verifyResult(ethVerifier, { info: nobody, renditions: RENDITIONS, signature })).toThrow(
      expect.objectContaining({ code: 'LP_RESULT_SIGNATURE' }),
    )
  })

  it('is empty off chain, where any passes', async () => {
    expect(await signResult(offchainSigner, RENDITIONS)).toEqual(new Uint8Array())
    const info = create(OrchestratorInfoSchema)
    expect(() => verifyResult(offchainVerifier, { info, renditions: RENDITIONS, signature: utf8('x') })).not.toThrow()
  })
})

describe('errors that no other orchestrator would mend', () => {
  it('are told by their whole text', () => {
    expect(NON_RETRYABLE_ERRORS).toHaveLength(19)
    expect(isNonRetryable('TranscoderInvalidVideo')).toBe(true)
    expect(isNonRetryable('Invalid argument')).toBe(true)
    expect(isNonRetryable('Invalid argument.')).toBe(false)
    expect(isNonRetryable(' TranscoderInvalidVideo')).toBe(false)
    expect(isNonRetryable(WireText.busy)).toBe(false)
    expect(isNonRetryable('TranscoderStopped')).toBe(false)
  })
})

describe('the text of an error for a peer', () => {
  const error = { code: 'LP_X', kind: 'limit', message: 'Ours is full.' } as const
  it('is its wireText, else its message, always well formed', () => {
    expect(wireTextOf(new LivepeerError({ ...error, wireText: WireText.capped }))).toBe('OrchestratorCapped')
    expect(wireTextOf(new LivepeerError(error))).toBe('Ours is full.')
    expect(wireTextOf(new Error('a\ud800b'))).toBe('a\ufffdb')
    expect(wireTextOf('thrown text')).toBe('thrown text')
  })
})
