import type { ErrorKind, LivepeerError } from '@livepeer-node/sdk'

/** What the process's exit status says. 130 and 143: a second signal, at once. */
export const ExitCode = Object.freeze({
  ok: 0,
  /** Ours to mend. */
  bug: 1,
  /** Unknown command or flag. */
  usage: 2,
  /** Config file, option or plugin. */
  config: 3,
  /** Something that the machine lacks. */
  environment: 4,
  /** An address in use, or none of ours. */
  address: 5,
  dataDir: 6,
  /** A peer said no: a wrong secret, an unknown node. */
  peer: 7,
  /** Told to stop, and work in flight had to be given up. */
  drain: 8,
})

const EXIT_OF_KIND: Readonly<Record<ErrorKind, number>> = {
  config: ExitCode.config,
  environment: ExitCode.environment,
  limit: ExitCode.environment,
  peer: ExitCode.peer,
  input: ExitCode.bug,
  bug: ExitCode.bug,
}
const ADDRESS = /^LP_(PORT_TAKEN|LISTEN_FAILED|ADDRESS_INVALID)$/
const DATA_DIR = /^LP_DATADIR_/

/** The first problem decides: the others may follow from it. */
export function exitCodeFor(problems: readonly LivepeerError[]): number {
  const [first] = problems
  if (!first) return ExitCode.ok
  if (ADDRESS.test(first.code) || isAddressInUse(first.cause)) return ExitCode.address
  if (DATA_DIR.test(first.code)) return ExitCode.dataDir
  return EXIT_OF_KIND[first.kind]
}

function isAddressInUse(cause: unknown): boolean {
  return cause instanceof Error && (cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
}
