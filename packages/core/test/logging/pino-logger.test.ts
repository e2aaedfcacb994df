import { Writable } from 'node:stream'
import { LivepeerError } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { pinoLogger, type PinoLoggerOptions } from '../../src/index.ts'

function logTo(options: PinoLoggerOptions) {
  const chunks: string[] = []
  const destination = new Writable({
    write(chunk: Buffer, _, done) {
      chunks.push(chunk.toString())
      done()
    },
  })
  const log = pinoLogger({ ...options, destination })
  return { log, text: () => chunks.join(''), lines: () => chunks.map((chunk) => JSON.parse(chunk) as object) }
}

describe('pinoLogger', () => {
  it('writes one JSON line per event, with the fields of its parents', () => {
    const { log, lines } = logTo({ level: 'info' })
    log.child({ plugin: 'rtmp' }).child({ streamId: 'movie' }).warn('stalled', { seq: 3 })
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
        plugin: 'rtmp',
        streamId: 'movie',
        seq: 3,
        msg: 'stalled',
      },
    ])
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = logTo({ level: 'warn' })
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines()).toMatchObject([{ msg: 'c' }, { msg: 'd' }])
  })

  it('writes errors as data, whatever the field is called, with their causes', () => {
    const { log, lines } = logTo({ level: 'info' })
    const cause = Object.assign(new Error('in use'), { code: 'EADDRINUSE' })
    const error = new LivepeerError({ code: 'LP_PORT', kind: 'environment', message: 'Taken.', observed: 1935, cause })
    log.error('failed', { why: error, all: new AggregateError([cause], 'many') })
    expect(lines()).toMatchObject([
      {
        why: { code: 'LP_PORT', message: 'Taken.', observed: 1935, cause: { code: 'EADDRINUSE', message: 'in use' } },
        all: { message: 'many', errors: [{ code: 'EADDRINUSE', message: 'in use' }] },
      },
    ])
    expect(lines()[0]).not.toHaveProperty('why.stack')
  })

  it('writes wei and bytes', () => {
    const { log, lines } = logTo({ level: 'info' })
    log.info('paid', { wei: 10n ** 20n, bytes: new Uint8Array(188) })
    expect(lines()).toMatchObject([{ wei: '100000000000000000000', bytes: '188 bytes' }])
  })

  it('writes for people when asked', () => {
    const { log, text } = logTo({ level: 'info', pretty: true })
    log.info('ready', { port: 1935 })
    expect(text()).toMatch(/INFO.*ready/)
    expect(text()).toContain('1935')
  })
})
