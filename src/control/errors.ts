import { LivepeerError } from '@livepeer-node/sdk'

export function noNode(where: string, remedy: string, cause?: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_NODE_NOT_FOUND',
    kind: 'peer',
    message: `No node answers at ${where}.`,
    observed: where,
    remedy,
    cause,
  })
}

export function severalNodes(found: readonly string[]): LivepeerError {
  return new LivepeerError({
    code: 'LP_NODE_AMBIGUOUS',
    kind: 'config',
    message: `${found.length} nodes use this data folder: ${found.join('; ')}.`,
    observed: found,
    remedy: 'Say which one, by --role or --pid.',
  })
}

/** What a node says no with. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly remedy?: string
}

/** The node said no; code and words are its own. */
export function nodeRefused({ code, message, remedy }: Refusal): LivepeerError {
  return new LivepeerError({ code, kind: 'peer', message, ...(remedy !== undefined && { remedy }) })
}

export function noSuchRoute(path: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_NODE_CANNOT',
    kind: 'peer',
    message: `This node does not know ${path}.`,
    observed: path,
    remedy:
      'Ask a node whose role has it (livepeer transcoders: an orchestrator), of the same version as this command.',
  })
}

export function drainLost(): LivepeerError {
  return new LivepeerError({
    code: 'LP_DRAIN_LOST',
    kind: 'peer',
    message: 'The node ended before it had told how its drain went.',
    remedy: 'Look into its log: somebody killed it, or sent it a second signal.',
  })
}

export function badTime(flag: string, text: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_TIME_INVALID',
    kind: 'config',
    message: `${flag} takes a time with its unit.`,
    observed: text,
    limit: '30s, 5m, 1h or 500ms',
    remedy: /^\d+$/.test(text) ? `Write ${text}s for seconds, ${text}ms for milliseconds.` : 'Write it so.',
  })
}

export function badControlAddress(text: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONTROL_ADDRESS',
    kind: 'config',
    message: '--cli-addr takes the address of a control listener.',
    observed: text,
    limit: 'host:port',
    remedy: 'Give the address that the node calls "control" when it is ready.',
  })
}
