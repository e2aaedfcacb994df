import type { LogFields, Logger } from '@livepeer-node/sdk'

/** One line of a recorded log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  /** Those of the line and of its `child` logs together. */
  readonly fields: LogFields
}

/** A log that appends to `lines` and prints nothing. */
export function recordedLog(lines: LogLine[], fields: LogFields = {}): Logger {
  const at = (level: LogLine['level']) => (message: string, own?: LogFields) => {
    lines.push({ level, message, fields: { ...fields, ...own } })
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (more) => recordedLog(lines, { ...fields, ...more }),
  }
}
