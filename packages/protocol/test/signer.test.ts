import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import {
  addressText,
  ethSignDigest,
  ethVerifier,
  keccak256,
  keySigner,
  offchainSigner,
  offchainVerifier,
  orchestratorRequest,
  recoverAddress,
  signPing,
  toHex,
  verifyOrchestratorRequest,
} from '../src/index.ts'
import { hex, keyOne } from './support/values.ts'

const MESSAGE = hex('b7da355477356fc4c47fcabcf232dc77a6db9b07b7e48b76261cc55cc8fbabb3')
const SIGNATURE = hex(
  '206443228e8f784bc3a122de0d85eb3ebff82d6a79cca26c7eeb907099a6404f6dff57bc6828f28bd6cd073c89d94cf3364204679ed8365fa45b5ee6af19a9841c',
)
const HIGH_S = hex(
  'e742ff452d41413616a5bf43fe15dd88294e983d3d36206c2712f39083d638bde0a0fc89be718fbc1033e1d30d78be1c68081562ed2e97af876f286f3453231d1b',
)

describe('a signature', () => {
  it('tells its address', () => {
    expect(toHex(ethSignDigest(MESSAGE))).toBe('1288735ecfc69223aebf1e4550f8b609241a2a5097d9b34ca50f929e1b8acb6c')
    expect(addressText(recoverAddress(MESSAGE, SIGNATURE))).toBe('0x3BadDb1eeE2105893136A3F96c8a963E9C6309d6')
  })

  it.each([
    ['64 bytes', SIGNATURE.slice(0, 64), 'invalid signature length'],
    ['no bytes', new Uint8Array(), 'invalid signature length'],
    ['a high s', HIGH_S, 'signature s value too high'],
    ['v 0xE5', SIGNATURE.with(64, 0xe5), 'signature v value must be 27 or 28'],
    ['v 0', SIGNATURE.with(64, 0), 'signature v value must be 27 or 28'],
    ['zeros and v 27', new Uint8Array(65).with(64, 27), 'recovery failed'],
  ])('of %s is refused', (_name, signature, wireText) => {
    const address = hex('3baddb1eee2105893136a3f96c8a963e9c6309d6')
    expect(() => ethVerifier.verify({ address, hash: MESSAGE, signature })).toThrow(
      expect.objectContaining({ code: 'LP_SIGNATURE_INVALID', wireText }),
    )
  })

  it('counts for its address alone', () => {
    const address = hex('3baddb1eee2105893136a3f96c8a963e9c6309d6')
    expect(() => ethVerifier.verify({ address, hash: MESSAGE, signature: SIGNATURE })).not.toThrow()
    for (const other of [address.with(0, 0), new Uint8Array(20)]) {
      expect(() => ethVerifier.verify({ address: other, hash: MESSAGE, signature: SIGNATURE })).toThrow(
        expect.objectContaining({ code: 'LP_SIGNATURE_INVALID' }),
      )
    }
    expect(() => ethVerifier.verify({ address, hash: MESSAGE.with(0, 0), signature: SIGNATURE })).toThrow(
      expect.objectContaining({ code: 'LP_SIGNATURE_INVALID' }),
    )
  })
})

describe('a signer', () => {
  it('signs a request for orchestrators as wire.md §12.2 lists it', async () => {
    const request = await orchestratorRequest(keyOne)
    expect(toHex(request.sig)).toBe(
      '2e05f5b96d0c24dde6256c43b4dd51d50979d8a650510a52b1317a95e9eda00d3d716748cd06e78360e29fdfe091e0c6c5a3d7ae1fb408d0b746ebdd9fa6382a1c',
    )
    expect(() => verifyOrchestratorRequest(ethVerifier, request)).not.toThrow()
    expect(() => verifyOrchestratorRequest(ethVerifier, { ...request, address: request.address.with(0, 1) })).toThrow(
      expect.objectContaining({ code: 'LP_SIGNATURE_INVALID' }),
    )
  })

  it('answers a ping with a signature over the value’s hash', async () => {
    const value = hex('0102')
    expect(recoverAddress(keccak256(value), await signPing(keyOne, value))).toEqual(keyOne.address)
  })

  it('yields low s for whatever it signs', async () => {
    for (let i = 0; i < 40; i++) {
      const hash = keccak256(`message ${i}`)
      expect(recoverAddress(hash, await keyOne.sign(hash))).toEqual(keyOne.address)
    }
  })

  it('keeps its own copy of the key', async () => {
    const key = Buffer.from(hex(`${'00'.repeat(31)}01`))
    const signer = keySigner(key)
    key.fill(9)
    expect(recoverAddress(MESSAGE, await signer.sign(MESSAGE))).toEqual(keyOne.address)
  })

  it.each([new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(32).fill(255)])(
    'refuses a key that is none (case %#) without telling it',
    (key) => {
      expect(() => keySigner(key)).toThrow(
        expect.objectContaining({ code: 'LP_KEY_INVALID', observed: `${key.length} bytes` }),
      )
    },
  )

  it('of a node off chain yields nothing, and its verifier takes anything', async () => {
    expect(await offchainSigner.sign(MESSAGE)).toEqual(new Uint8Array())
    expect(offchainSigner.address).toEqual(new Uint8Array(20))
    const request = await orchestratorRequest(offchainSigner)
    expect(() => verifyOrchestratorRequest(offchainVerifier, request)).not.toThrow()
    expect(() => verifyOrchestratorRequest(ethVerifier, request)).toThrow(
      expect.objectContaining({ wireText: 'invalid signature length' }),
    )
  })
})

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the curve', () => {
  it('is native, not the slow fallback that the library takes in silence', () => {
    const require = createRequire(import.meta.url)
    expect(() => require('secp256k1/bindings.js')).not.toThrow()
    expect(require('secp256k1')).toBe(require('secp256k1/bindings.js'))
  })
})
