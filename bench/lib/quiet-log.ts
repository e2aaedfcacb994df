import type { LogFields, Logger } from '@livepeer-node/sdk'

const say = (message: string, fields?: LogFields): void => console.error(message, fields ?? '')

/** Trouble goes to stderr, the rest nowhere. */
export const quietLog: Logger = { debug() {}, info() {}, warn: say, error: say, child: () => quietLog }

/** For a bench that makes the trouble itself. */
export const silentLog: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
