import { scrypt as nativeScrypt } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '@livepeer-node/sdk'
import {
  decryptKeystoreJson,
  encryptKeystoreJson,
  getAddress,
  isHexString,
  type KeystoreAccount,
  scrypt,
  Wallet,
} from 'ethers'
import {
  accountAmbiguous,
  accountPresent,
  accountTwice,
  addressInvalid,
  keyFileInvalid,
  keystoreUnusable,
  noAccount,
  passwordWrong,
} from './errors.ts'

/** What it costs to try a password: what go-ethereum takes. */
const SCRYPT_N = 262_144

// The library's own is JavaScript: a key takes twice as long to open, and the event loop waits meanwhile.
scrypt.register((password, salt, N, r, p, length) => {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  // What it takes, and as much again: with a low cost the parts that do not grow with N count too.
  const options = { N, r, p, maxmem: 256 * r * (N + p + 2) }
  nativeScrypt(password, salt, length, options, (error, key) => (error ? reject(error) : resolve(key)))
  return promise
})

/** An account of a keystore folder. */
export interface KeystoreEntry {
  /** With checksum. */
  readonly address: string
  /** Path of the key file. */
  readonly file: string
}

/** A keystore folder (or one key file), and the password of the key that is meant. */
export interface KeyRequest {
  readonly dir: string
  /** Left out: the only one. */
  readonly address?: string | undefined
  readonly password: string
}

/** A key to be stored. */
export interface NewKey {
  readonly dir: string
  readonly password: string
  /** Cost of trying a password; a power of 2. Less than the default only where the key is worth nothing. */
  readonly scryptN?: number
}

/**
 * The accounts of a keystore folder, in the order of their file names, which is that of their age; or of one key file. No
 * folder: none.
 * @throws `LP_KEYSTORE`
 */
export async function listAccounts(dir: string): Promise<readonly KeystoreEntry[]> {
  const files = await filesIn(dir)
  const entries = await Promise.all(files.map(entryOf))
  return entries.filter((entry) => entry !== undefined)
}

/**
 * The key file of an address; without one, of the only account there is.
 * @throws `LP_ACCOUNT_MISSING`, `LP_ACCOUNT_AMBIGUOUS`, `LP_ACCOUNT_TWICE`, `LP_ACCOUNT_ADDRESS`, `LP_KEYSTORE`
 */
export async function findAccount(dir: string, address?: string): Promise<KeystoreEntry> {
  const wanted = address === undefined ? undefined : checksummed(address)
  const all = await listAccounts(dir)
  const fit = wanted === undefined ? all : all.filter((entry) => entry.address === wanted)
  const [found, ...others] = fit
  const present = [...new Set(all.map((entry) => entry.address))]
  if (!found) throw noAccount(dir, wanted, present)
  if (others.length === 0) return found
  if (new Set(fit.map((entry) => entry.address)).size > 1) throw accountAmbiguous(dir, present)
  throw accountTwice(
    found.address,
    fit.map(({ file }) => file),
  )
}

/** A new account with a random key. @throws `LP_KEYSTORE` */
export function createAccount(request: NewKey): Promise<KeystoreEntry> {
  return store(request, Wallet.createRandom().privateKey)
}

/**
 * Stores a key that is there already: a private key of 64 hexadecimal digits (`0x` may stand before it), or the text of a key
 * file and the password that opens it.
 * @throws `LP_KEY_FILE`, `LP_KEY_PASSWORD`, `LP_ACCOUNT_PRESENT`, `LP_KEYSTORE`
 */
export async function importKey(
  request: NewKey,
  source: { readonly text: string; readonly password?: string | undefined },
): Promise<KeystoreEntry> {
  const text = source.text.trim()
  const hex = text.startsWith('0x') ? text : `0x${text}`
  if (isHexString(hex, 32)) return store(request, hex)
  const { privateKey } = await decrypt('The text', text, source.password ?? request.password)
  return store(request, privateKey)
}

/** The text of the key file, which its password opens everywhere. @throws as `findAccount`, and `LP_KEY_PASSWORD` */
export async function exportKeyFile({ dir, address, password }: KeyRequest): Promise<string> {
  const { file } = await findAccount(dir, address)
  const text = await readKey(file)
  await decrypt(file, text, password)
  return text
}

/** The private key itself, `0x…`. @throws as `findAccount`, and `LP_KEY_PASSWORD` */
export async function openKey({ dir, address, password }: KeyRequest): Promise<string> {
  const entry = await findAccount(dir, address)
  const account = await decrypt(entry.file, await readKey(entry.file), password)
  if (getAddress(account.address) !== entry.address) {
    throw keyFileInvalid(entry.file, `it is named ${entry.address} and holds the key of ${account.address}`)
  }
  return account.privateKey
}

/** An address with its checksum. @throws `LP_ACCOUNT_ADDRESS` */
export function checksummed(text: string): string {
  try {
    return getAddress(text)
  } catch {
    throw addressInvalid(text)
  }
}

async function store({ dir, password, scryptN = SCRYPT_N }: NewKey, privateKey: string): Promise<KeystoreEntry> {
  const account = accountOf(privateKey)
  const present = (await listAccounts(dir)).find(({ address }) => address === account.address)
  if (present) throw accountPresent(account.address, present.file)
  const cost = { N: scryptN, r: 8, p: 1 }
  const text = await encryptKeystoreJson(account, bytesOf(password), { scrypt: cost })
  const file = join(dir, fileName(account.address, new Date()))
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await replaceFile(file, text)
  } catch (error) {
    throw keystoreUnusable(dir, error)
  }
  return { address: account.address, file }
}

function accountOf(privateKey: string): KeystoreAccount {
  try {
    return { address: new Wallet(privateKey).address, privateKey }
  } catch (error) {
    throw keyFileInvalid('The text', 'no account has this key', error)
  }
}

/** As go-ethereum names them. */
function fileName(address: string, time: Date): string {
  const nanoseconds = `${time.toISOString().slice(0, -1)}000000Z`.replaceAll(':', '-')
  return `UTC--${nanoseconds}--${address.slice(2).toLowerCase()}`
}

async function filesIn(dir: string): Promise<readonly string[]> {
  try {
    const names = await readdir(dir)
    return names.toSorted(byName).map((name) => join(dir, name))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return []
    if (code === 'ENOTDIR') return [dir]
    throw keystoreUnusable(dir, error)
  }
}

function byName(a: string, b: string): number {
  return a < b ? -1 : 1
}

/** Files that hold no key are no business of ours: backups, notes, folders. */
async function entryOf(file: string): Promise<KeystoreEntry | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') return ''
    throw keystoreUnusable(file, error)
  })
  const address = addressIn(text)
  return address === undefined ? undefined : { address, file }
}

function addressIn(text: string): string | undefined {
  try {
    const key: unknown = JSON.parse(text)
    const isKey = typeof key === 'object' && key !== null && 'address' in key && 'version' in key
    return isKey && typeof key.address === 'string' ? getAddress(key.address.replace(/^(0x)?/, '0x')) : undefined
  } catch {
    return undefined
  }
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw keyFileInvalid(file, 'it cannot be read', error)
  }
}

async function decrypt(file: string, text: string, password: string): Promise<KeystoreAccount> {
  if (addressIn(text) === undefined) throw keyFileInvalid(file, 'it is no keystore file')
  try {
    return await decryptKeystoreJson(text, bytesOf(password))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('incorrect password')) throw passwordWrong(file, error)
    throw keyFileInvalid(file, 'it cannot be decrypted', error)
  }
}

/** As they are: go-ethereum does not normalise what was typed. */
function bytesOf(password: string): Uint8Array {
  return Buffer.from(password, 'utf8')
}
