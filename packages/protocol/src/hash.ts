import { concatBytes, HASH_BYTES, toAddress, toHex } from './bytes.ts'
import { Keccak256 } from './keccak.ts'

// Node's OpenSSL has no Keccak with Ethereum's padding, the native `keccak` package takes 1.8 ms for 640 kB and has no build for
// arm64, hash-wasm takes 2.1 ms, plain JavaScript 18 ms. One hasher serves all: each call runs to its end.
const hasher = new Keccak256()

const ETH_PREFIX = new TextEncoder().encode('\x19Ethereum Signed Message:\n32')

/** Keccak-256 as Ethereum uses it (not SHA3-256), 32 bytes. About 2.2 ms per megabyte. */
export function keccak256(data: Uint8Array | string): Uint8Array {
  return hasher.digest(typeof data === 'string' ? new TextEncoder().encode(data) : data)
}

/** What is really signed for a 32-byte hash: Keccak-256 of Ethereum's prefix and the hash (wire.md §3). */
export function ethSignDigest(hash: Uint8Array): Uint8Array {
  if (hash.length !== HASH_BYTES) throw new RangeError(`A hash has ${HASH_BYTES} bytes, not ${hash.length}.`)
  return keccak256(concatBytes([ETH_PREFIX, hash]))
}

/** An address as text with the checksum of EIP-55 in its letters, `0x` first. Other lengths than 20 bytes are fitted. */
export function addressText(address: Uint8Array): string {
  const hex = toHex(toAddress(address))
  const checksum = toHex(keccak256(hex))
  const mixed = hex.replace(/[a-f]/g, (letter, i: number) =>
    Number.parseInt(checksum.charAt(i), 16) >= 8 ? letter.toUpperCase() : letter,
  )
  return `0x${mixed}`
}
