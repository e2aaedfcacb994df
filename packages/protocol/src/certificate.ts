// oxlint-disable-next-line import/no-unassigned-import -- the certificate library needs it, and needs it first
import 'reflect-metadata'
import { KeyObject, randomBytes, webcrypto } from 'node:crypto'
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

/** A certificate and its key. */
export interface Certificate {
  /** PEM. */
  readonly cert: string
  /** PEM, `EC PRIVATE KEY`. */
  readonly key: string
}

const LIFETIME_MS = 8765 * 3600 * 1000
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const

/**
 * A self-signed P-256 certificate for `host` (wire.md §2.2). The host goes in as a DNS name even when it is an IP
 * address, as peers expect; nobody verifies it.
 */
export async function makeCertificate(host: string, now: number): Promise<Certificate> {
  const keys = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: positiveSerial(),
      notBefore: new Date(now),
      notAfter: new Date(now + LIFETIME_MS),
      signingAlgorithm: P256,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
      ],
    },
    webcrypto,
  )
  return { cert: `${certificate.toString('pem')}\n`, key: sec1Key(keys.privateKey) }
}

/** 128 random bits; the top bit is cleared and the next one set, so that it is positive and 16 bytes long in DER. */
function positiveSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function sec1Key(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'sec1', format: 'pem' }).toString()
}
