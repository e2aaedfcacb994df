import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import broadcaster from '@livepeer-node/plugin-broadcaster'
import { aPublishRequest, createTestNodeWith } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import doorman from '../../examples/doorman/doorman.ts'

test('lets in whom the service lets in, with the token that only it knows, and keeps a journal', async () => {
  const tokens: unknown[] = []
  await using service = createServer((request, response) => {
    tokens.push(request.headers.authorization)
    void wholeBody(request).then((body) => response.writeHead(body.includes('"guest"') ? 200 : 403).end())
  }).listen(0, '127.0.0.1')
  await once(service, 'listening')
  const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
  await using node = await createTestNodeWith({
    plugins: [broadcaster(), doorman({ url, token: { env: 'DOORMAN_TOKEN' } })],
    env: { DOORMAN_TOKEN: 'hush' },
  })
  const asked = (playbackId: string) => node.run.ingest.authorize(aPublishRequest({ playbackId }))
  expect(await asked('guest')).toEqual({ allow: true })
  expect(await asked('stranger')).toMatchObject({ allow: false, error: { code: 'DOORMAN_REFUSED', observed: 403 } })
  expect(tokens).toEqual(['Bearer hush', 'Bearer hush'])
  expect(await readFile(join(node.dataDir, 'doorman.log'), 'utf8')).toMatch(/ guest 200\n.* stranger 403\n$/)
})

async function wholeBody(request: IncomingMessage): Promise<string> {
  return (await request.toArray()).join('')
}
