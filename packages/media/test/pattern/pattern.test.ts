import { createServer } from 'node:net'
import { once } from 'node:events'
import { recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { PatternPublisher } from '../../src/pattern/pattern.ts'

const parts = { log: recordedLog([]) }
const SMALL = { width: 64, height: 64, fps: 10, bitrate: 100_000 }

/** A port that takes connections and never says a word. */
async function silentPort() {
  const server = createServer((socket) => void socket.on('error', () => {}).resume())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { server, url: `rtmp://127.0.0.1:${address.port}/live/pattern` }
}

it('says that nobody takes its stream', async () => {
  const { server, url } = await silentPort()
  await new Promise((resolve) => server.close(resolve))
  const pattern = new PatternPublisher(url, SMALL, parts)
  await expect(pattern.done()).rejects.toMatchObject({ code: 'LP_PUSH_FAILED', kind: 'peer' })
  expect(pattern.pid).toBeUndefined()
  await pattern.stop()
})

it('says that its process was killed', async () => {
  const { server, url } = await silentPort()
  const pattern = new PatternPublisher(url, SMALL, parts)
  await once(server, 'connection')
  process.kill(pattern.pid!, 'SIGKILL')
  await expect(pattern.done()).rejects.toMatchObject({ code: 'LP_WORKER_DIED' })
  server.close()
})
