import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Certificate } from '@livepeer-node/protocol/certificate'

/** Writes `cert.pem` and `key.pem`, the key readable by its owner alone. */
export async function saveCertificate(folder: string, certificate: Certificate): Promise<void> {
  await writeFile(join(folder, 'cert.pem'), certificate.cert, { mode: 0o644 })
  await writeFile(join(folder, 'key.pem'), certificate.key, { mode: 0o600 })
}
