import secp256k1 from 'secp256k1'
import { ADDRESS_BYTES, sameBytes, toAddress, toHex } from './bytes.ts'
import { keyInvalid, signatureInvalid } from './errors.ts'
import { addressText, ethSignDigest, keccak256 } from './hash.ts'

/** Bytes of a signature: r (32), s (32), v (1, 27 or 28). */
export const SIGNATURE_BYTES = 65
const HALF_ORDER = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex')
const V_BASE = 27

/** Signs for one address. */
export interface Signer {
  /** 20 bytes; off chain all zero. */
  readonly address: Uint8Array
  /** True: there is no key and `sign` yields no bytes, so what costs time to hash need not be hashed. */
  readonly offchain: boolean
  /** Signature of 65 bytes over a 32-byte hash as Ethereum's `personal_sign` makes it (wire.md §3); off chain empty. */
  sign(hash: Uint8Array): Promise<Uint8Array>
}

/** A signature, and what it is said to be. */
export interface SignedHash {
  /** 20 bytes. */
  readonly address: Uint8Array
  /** 32 bytes. */
  readonly hash: Uint8Array
  readonly signature: Uint8Array
}

/** Checks signatures. */
export interface Verifier {
  /** True: every signature passes. */
  readonly offchain: boolean
  /** @throws `LP_SIGNATURE_INVALID` unless the signature over the hash is the address's. */
  verify(signed: SignedHash): void
}

/** The signer of a node without a chain. */
export const offchainSigner: Signer = Object.freeze({
  address: new Uint8Array(ADDRESS_BYTES),
  offchain: true,
  sign: () => Promise.resolve(new Uint8Array()),
})

/** The verifier of a node without a chain: everything passes. */
export const offchainVerifier: Verifier = Object.freeze({ offchain: true, verify: () => {} })

/** The verifier of a node on a chain. */
export const ethVerifier: Verifier = Object.freeze({
  offchain: false,
  verify({ address, hash, signature }: SignedHash): void {
    const signedBy = recoverAddress(hash, signature)
    if (sameBytes(signedBy, toAddress(address))) return
    throw signatureInvalid(`it was made by ${addressText(signedBy)}, not by ${addressText(address)}`, toHex(signature))
  },
})

/** A signer with the key in memory. Deterministic (RFC 6979). @throws `LP_KEY_INVALID`. */
export function keySigner(privateKey: Uint8Array): Signer {
  if (privateKey.length !== 32 || !secp256k1.privateKeyVerify(privateKey)) throw keyInvalid(privateKey.length)
  const key = Uint8Array.from(privateKey)
  return Object.freeze({
    address: addressOf(secp256k1.publicKeyCreate(key, false)),
    offchain: false,
    sign: (hash: Uint8Array) => Promise.resolve(signWith(key, hash)),
  })
}

/**
 * The address whose key made this signature over a 32-byte hash.
 * @throws `LP_SIGNATURE_INVALID`: length other than 65, high s, v other than 27 or 28 (the reference's texts), or no such key.
 */
export function recoverAddress(hash: Uint8Array, signature: Uint8Array): Uint8Array {
  if (signature.length !== SIGNATURE_BYTES) throw signatureInvalid('invalid signature length', signature.length)
  const rs = signature.subarray(0, 64)
  const v = signature[64] ?? 0
  if (Buffer.compare(rs.subarray(32), HALF_ORDER) > 0) {
    throw signatureInvalid('signature s value too high', toHex(rs.subarray(32)))
  }
  if (v !== V_BASE && v !== V_BASE + 1) throw signatureInvalid('signature v value must be 27 or 28', v)
  return addressOf(recoverKey(rs, v - V_BASE, ethSignDigest(hash)))
}

function recoverKey(rs: Uint8Array, recoveryId: number, digest: Uint8Array): Uint8Array {
  try {
    return secp256k1.ecdsaRecover(rs, recoveryId, digest, false)
  } catch {
    // The library says only that it found no point; r and s of zero end here too.
    throw signatureInvalid('no key makes it', toHex(rs), 'recovery failed')
  }
}

function signWith(key: Uint8Array, hash: Uint8Array): Uint8Array {
  const { signature, recid } = secp256k1.ecdsaSign(ethSignDigest(hash), key)
  const signed = new Uint8Array(SIGNATURE_BYTES)
  signed.set(signature)
  signed[64] = recid + V_BASE
  return signed
}

function addressOf(uncompressedKey: Uint8Array): Uint8Array {
  return keccak256(uncompressedKey.subarray(1)).slice(-ADDRESS_BYTES)
}
