/** Bytes of an address. */
export const ADDRESS_BYTES = 20
/** Bytes of a Keccak-256 hash. */
export const HASH_BYTES = 32

/** Lower-case hex without a prefix. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** One array of all parts, in order. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Same length and same bytes. Takes longer the later they differ: not for secrets. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** Exactly `length` bytes: the last ones of what is longer, zeros before what is shorter (wire.md §1.5). */
export function fitBytes(bytes: Uint8Array, length: number): Uint8Array {
  const fitted = new Uint8Array(length)
  const kept = bytes.length > length ? bytes.subarray(bytes.length - length) : bytes
  fitted.set(kept, length - kept.length)
  return fitted
}

/** 20 bytes by the rule of `fitBytes`. */
export function toAddress(bytes: Uint8Array): Uint8Array {
  return fitBytes(bytes, ADDRESS_BYTES)
}

/** 32 bytes by the rule of `fitBytes`. */
export function toHash(bytes: Uint8Array): Uint8Array {
  return fitBytes(bytes, HASH_BYTES)
}

/** A whole number's magnitude as the fewest big-endian bytes; 0 is no byte at all (wire.md, head: bytesBE). */
export function toBytesBE(value: bigint): Uint8Array {
  const magnitude = value < 0n ? -value : value
  if (magnitude === 0n) return new Uint8Array()
  const hex = magnitude.toString(16)
  return new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'))
}

/** The number behind `toBytesBE`; leading zeros are allowed. */
export function fromBytesBE(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`)
}

/** A whole number's magnitude in 32 big-endian bytes, as hashes take it (wire.md §6.3); higher bits are lost. */
export function toUint256(value: bigint): Uint8Array {
  return fitBytes(toBytesBE(value), HASH_BYTES)
}
