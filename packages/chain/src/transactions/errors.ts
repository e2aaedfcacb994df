import { LivepeerError, type LivepeerErrorInit } from '@livepeer-node/sdk'

function failure(label: string, init: LivepeerErrorInit, cause?: unknown): LivepeerError {
  return new LivepeerError({
    ...init,
    message: `${label}: ${init.message}`,
    ...(cause !== undefined && { cause }),
  })
}

/** It was mined, and the contract refused it. */
export function reverted(label: string, hash: string, reason: string): LivepeerError {
  return failure(label, {
    code: 'LP_TX_REVERTED',
    kind: 'environment',
    message: `the contract reverted the transaction ${hash}: ${reason}.`,
    remedy: 'Look at the reason. Its gas is spent; sending it again as it is would fail again.',
    observed: hash,
  })
}

/** The contract would refuse it: nothing was sent. */
export function wouldRevert(label: string, reason: string, cause: unknown): LivepeerError {
  return failure(
    label,
    {
      code: 'LP_TX_WOULD_REVERT',
      kind: 'environment',
      message: `the contract would revert the transaction: ${reason}. Nothing was sent.`,
      remedy: 'Look at the reason; the protocol may allow it in another round.',
      observed: reason,
    },
    cause,
  )
}

/** Gas is dearer than the operator allows: nothing was sent. */
export function gasPriceAbove(label: string, observed: bigint, limit: bigint): LivepeerError {
  return failure(label, {
    code: 'LP_TX_GAS_PRICE',
    kind: 'limit',
    message: `gas costs ${observed} wei, more than the ${limit} wei that maxGasPrice allows. Nothing was sent.`,
    remedy: 'Wait until gas is cheaper, or raise maxGasPrice.',
    observed: observed.toString(),
    limit: limit.toString(),
  })
}

/** The account cannot pay for it: nothing was sent. */
export function fundsMissing(label: string, address: string, cause: unknown): LivepeerError {
  return failure(
    label,
    {
      code: 'LP_TX_FUNDS',
      kind: 'config',
      message: `the account ${address} has not enough Ether for the transaction and its gas. Nothing was sent.`,
      remedy: 'Send Ether to the account.',
      observed: address,
    },
    cause,
  )
}

/** No endpoint takes it. */
export function refused(label: string, reason: string, cause: unknown): LivepeerError {
  return failure(
    label,
    {
      code: 'LP_TX_REFUSED',
      kind: 'environment',
      message: `the endpoint does not take the transaction: ${reason}.`,
      remedy: 'Look at the reason.',
      observed: reason,
    },
    cause,
  )
}

/** It was given up: another transaction of ours, which does nothing, took its nonce. */
export function dropped(label: string, hash: string, ms: number): LivepeerError {
  return failure(label, {
    code: 'LP_TX_DROPPED',
    kind: 'environment',
    message: `the transaction was not mined within ${ms} ms and was cancelled by ${hash}.`,
    remedy: 'Raise maxGasPrice if gas was dearer than that; then it may be sent again.',
    observed: hash,
    limit: ms,
  })
}

/** Another transaction of the account, not ours, has its nonce. */
export function replaced(label: string, hash: string, nonce: number): LivepeerError {
  return failure(label, {
    code: 'LP_TX_REPLACED',
    kind: 'environment',
    message: `another transaction of the account took the nonce ${nonce}; ${hash} can never be mined.`,
    remedy: 'Let one program alone use the account.',
    observed: hash,
  })
}

/** The node stops. The transaction is on its way, and the next start follows it. */
export function stopped(label: string, hash: string | undefined): LivepeerError {
  return failure(label, {
    code: 'LP_TX_STOPPED',
    kind: 'environment',
    message: hash === undefined ? 'the node stops. Nothing was sent.' : `the node stops before ${hash} is mined.`,
    remedy: 'Nothing: the next start goes on with it.',
    ...(hash !== undefined && { observed: hash }),
  })
}

/** What is on its way could not be kept. */
export function journalUnusable(path: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_TX_JOURNAL',
    kind: 'environment',
    message: `The journal of transactions ${path} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
    remedy: 'Look at the folder, its owner and the room on the disk. Nothing is sent without it.',
    observed: path,
    cause,
  })
}
