import { LivepeerError } from '@livepeer-node/sdk'

/** There is no anvil to run. */
export function anvilMissing(looked: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_ANVIL',
    kind: 'environment',
    message: `There is no anvil for ${process.platform} on ${process.arch}.`,
    remedy: 'Run `npm ci` with optional dependencies, or put anvil (Foundry) on the PATH, or its path into ANVIL.',
    observed: looked.join(', '),
  })
}

/** The chain did not come up, or ended by itself. */
export function chainEnded(why: string, lastWords: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_CHAIN',
    kind: 'environment',
    message: `The local chain ${why}${lastWords && `: ${lastWords}`}.`,
    remedy: 'Look at what anvil says. A port may be taken, or a state file may be from another version: move it away.',
    ...(lastWords && { observed: lastWords }),
  })
}

/** A transaction of the deployment or of a keeper was reverted. */
export function transactionFailed(what: string, cause?: unknown): LivepeerError {
  const reason = cause instanceof Error ? cause.message : 'it was reverted'
  return new LivepeerError({
    code: 'LP_DEVNET_TRANSACTION',
    kind: 'environment',
    message: `On the local chain, ${what} failed: ${reason}.`,
    remedy: 'Start with a fresh chain: move the state file away. Otherwise report it.',
    observed: what,
    ...(cause !== undefined && { cause }),
  })
}

/** Options that do not go together, or a value that no chain can have. */
export function optionInvalid(why: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_DEVNET_OPTION',
    kind: 'config',
    message: `The local chain cannot be started so: ${why}.`,
    remedy: 'Change or leave out the option.',
    observed,
  })
}
