import { createRequire } from 'node:module'
import type { Writable } from 'node:stream'
import type { LogFields, Logger } from '@livepeer-node/sdk'
import { destination, type DestinationStream, type Logger as Pino, pino, stdTimeFunctions } from 'pino'
import { errorFields } from './mask.ts'

export interface PinoLoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** One readable, coloured line per event in place of JSON. */
  readonly pretty?: boolean
  /** Default: standard output. */
  readonly destination?: Writable
}

/**
 * A log of JSON lines (`time`, `level`, `msg` and the fields). The node masks the secrets that its plugins resolve before
 * a line gets here. Lines are written before the call returns, so that none is lost when the process ends.
 */
export function pinoLogger({ level, pretty = false, destination: target }: PinoLoggerOptions): Logger {
  const sink: DestinationStream = pretty ? prettySink(target) : (target ?? destination({ fd: 1, sync: true }))
  const root = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    sink,
  )
  return wrap(root)
}

function wrap(log: Pino): Logger {
  return Object.freeze({
    debug: (message: string, fields: LogFields = {}) => log.debug(printable(fields), message),
    info: (message: string, fields: LogFields = {}) => log.info(printable(fields), message),
    warn: (message: string, fields: LogFields = {}) => log.warn(printable(fields), message),
    error: (message: string, fields: LogFields = {}) => log.error(printable(fields), message),
    child: (fields: LogFields) => wrap(log.child(printable(fields))),
  })
}

function printable(fields: LogFields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]))
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return errorFields(value)
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  return value
}

/** Loaded only where it is wanted: most nodes log JSON. */
function prettySink(target: Writable | undefined): DestinationStream {
  const { build } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  return build({ destination: target ?? 1, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
}
