import { expect, it } from 'vitest'
import { listenFailed } from '../src/listen.ts'

const wanted = { option: 'httpAddr', authority: '127.0.0.1:9935' }

it('says that a port is taken, and by which option it was wanted', () => {
  const cause = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' })
  expect(listenFailed(wanted, cause)).toMatchObject({
    code: 'LP_PORT_TAKEN',
    kind: 'environment',
    observed: '127.0.0.1:9935',
    remedy: expect.stringContaining('httpAddr'),
    cause,
  })
})

it('says why an address cannot be listened on', () => {
  const cause = Object.assign(new Error('listen EACCES'), { code: 'EACCES' })
  expect(listenFailed(wanted, cause)).toMatchObject({
    code: 'LP_LISTEN_FAILED',
    message: expect.stringContaining('EACCES'),
    remedy: expect.stringContaining('httpAddr'),
  })
})
