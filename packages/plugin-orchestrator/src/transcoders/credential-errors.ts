import { LivepeerError } from '@livepeer-node/sdk'

export const tokenNameBad = (observed: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKEN_NAME',
    kind: 'input',
    message: 'This is no name for a token.',
    remedy: 'Use up to 63 letters, digits, dots, dashes and underscores, a letter or a digit first.',
    observed: observed.slice(0, 100),
  })

export const tokenNameTaken = (observed: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKEN_TAKEN',
    kind: 'input',
    message: `There is a token named ${observed} already.`,
    remedy: 'Choose another name, or revoke that one first.',
    observed,
  })

export const tokenUnknown = (observed: string): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKEN_UNKNOWN',
    kind: 'input',
    message: 'There is no token of this name.',
    remedy: 'Look at the list of tokens.',
    observed: observed.slice(0, 100),
  })

export const tokensUnreadable = (path: string, why: string, cause?: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKENS_UNREADABLE',
    kind: 'environment',
    message: `The list of transcoder tokens in ${path} cannot be used: ${why}.`,
    remedy: 'Restore the file, or delete it and give each transcoder a new token.',
    observed: path,
    cause,
  })

export const tokensUnwritable = (path: string, cause: unknown): LivepeerError =>
  new LivepeerError({
    code: 'LP_TOKENS_UNWRITABLE',
    kind: 'environment',
    message: `The list of transcoder tokens cannot be saved: ${cause instanceof Error ? cause.message : String(cause)}. It stays as it was.`,
    remedy: 'Make room on the disk, or let this user write the data folder; then try again.',
    observed: path,
    cause,
  })
