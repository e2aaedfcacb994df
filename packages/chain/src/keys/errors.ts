import { LivepeerError } from '@livepeer-node/sdk'

/** There is no key to use, or none of this address. Never is one made instead. */
export function noAccount(dir: string, address: string | undefined, present: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_ACCOUNT_MISSING',
    kind: 'config',
    message: address ? `There is no key of ${address} in ${dir}.` : `There is no key in ${dir}.`,
    observed: present.length > 0 ? present.join(', ') : 'no key',
    ...(address && { limit: address }),
    remedy:
      present.length > 0
        ? 'Name one of the accounts that are there, or the folder that has the key.'
        : 'Make an account with `livepeer account create`, import one, or name the folder that has the keys.',
  })
}

/** Two files hold keys of one address. */
export function accountTwice(address: string, files: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_ACCOUNT_TWICE',
    kind: 'config',
    message: `${files.length} files hold a key of ${address}.`,
    observed: files.join(', '),
    remedy: 'Move all but one of them away: they may have different passwords.',
  })
}

/** Several accounts, and nobody said which. */
export function accountAmbiguous(dir: string, present: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_ACCOUNT_AMBIGUOUS',
    kind: 'config',
    message: `There are ${present.length} accounts in ${dir}.`,
    observed: present.join(', '),
    remedy: 'Say which one by its address: `--eth-acct-addr`, `ethAcctAddr`.',
  })
}

/** It would be overwritten, or be there twice. */
export function accountPresent(address: string, file: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ACCOUNT_PRESENT',
    kind: 'config',
    message: `There is a key of ${address} already.`,
    observed: file,
    remedy: 'Use the key that is there, or move it away first.',
  })
}

/** The password does not open the key. */
export function passwordWrong(file: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEY_PASSWORD',
    kind: 'config',
    message: `The password does not open ${file}.`,
    remedy: 'Give the password that the key was made with: text, a file that holds it, or an environment variable.',
    cause,
  })
}

/** A file that should hold a key does not. */
export function keyFileInvalid(file: string, why: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEY_FILE',
    kind: 'config',
    message: `${file} holds no key that can be used: ${why}.`,
    observed: file,
    limit: 'Web3 Secret Storage, version 3, or a private key of 64 hexadecimal digits',
    remedy: 'Give another file, or the one that the backup has.',
    cause,
  })
}

/** The keystore folder does not let us. */
export function keystoreUnusable(dir: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_KEYSTORE',
    kind: 'environment',
    message: `The keystore ${dir} cannot be used.`,
    observed: cause instanceof Error ? cause.message : String(cause),
    remedy: 'Look at the folder and its permissions, or name another by `--eth-keystore-path`.',
    cause,
  })
}

/** An address that is none. */
export function addressInvalid(text: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_ACCOUNT_ADDRESS',
    kind: 'config',
    message: `“${text}” is not an address.`,
    observed: text,
    limit: '0x and 40 hexadecimal digits; capitals, where there are any, are its checksum',
    remedy: 'Copy the address again.',
  })
}

/** Refused before it was signed: nothing was sent. */
export function spendLimit(what: 'transaction' | 'day', observed: string, limit: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_SPEND_LIMIT',
    kind: 'limit',
    message:
      what === 'transaction'
        ? 'A transaction would spend more than the account may spend at once.'
        : 'A transaction would take what the account has spent today above its limit.',
    observed,
    limit,
    remedy: 'Raise the limit if it is right to spend this much; otherwise find out who wants to.',
  })
}

/** What was spent cannot be read or written down, so nothing is signed. */
export function spendJournal(file: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SPEND_JOURNAL',
    kind: 'environment',
    message: `What the account has spent cannot be kept in ${file}.`,
    observed: cause instanceof Error ? cause.message : String(cause),
    remedy: 'Make room, mend the folder’s permissions, or move a broken file away.',
    cause,
  })
}
