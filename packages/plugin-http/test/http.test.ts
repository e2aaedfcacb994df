import { once } from 'node:events'
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { definePlugin, LivepeerError, type ListenerName, type Plugin, type Route } from '@livepeer-node/sdk'
import { createTestNode, createTestNodeWith, FakeClock, prepareTestNode, type TestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import http from '../src/index.ts'

const anyPorts = { httpAddr: '127.0.0.1:0', cliAddr: '127.0.0.1:0' } as const

function serving(routes: readonly Route[], listener: ListenerName = 'public', name = 'routes'): Plugin {
  return definePlugin({
    name,
    kernel: '^0.1.0',
    options: z.strictObject({}),
    apply: (node) => node.on.http.routes((wanted) => (wanted === listener ? routes : [])),
  })()
}

async function url(node: TestNode, name: string): Promise<string> {
  const found = (await node.endpoints()).find((endpoint) => endpoint.name === name)
  if (!found) throw new Error(`no endpoint ${name}`)
  return found.url
}

describe('routes', () => {
  it('serves what plugins bring, with params, query and rest of the path', async () => {
    const route: Route = {
      method: 'GET',
      path: '/stream/:id/*',
      handle: ({ params, query, path, method }) => ({
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: params['id'], rest: params['*'], q: query.get('q'), path, method }),
      }),
    }
    await using node = await createTestNode(http(anyPorts), serving([route]))
    const answer = await fetch(`${await url(node, 'http')}/stream/abc/1/2.ts?q=x%20y`)
    expect(await answer.json()).toEqual({
      id: 'abc',
      rest: '1/2.ts',
      q: 'x y',
      path: '/stream/abc/1/2.ts',
      method: 'GET',
    })
  })

  it('keeps the two listeners apart', async () => {
    const secret: Route = { method: 'GET', path: '/secret', handle: () => ({ status: 200, body: 'for the operator' }) }
    await using node = await createTestNode(http(anyPorts), serving([secret], 'control'))
    expect((await fetch(`${await url(node, 'http')}/secret`)).status).toBe(404)
    expect(await (await fetch(`${await url(node, 'control')}/secret`)).text()).toBe('for the operator')
  })

  it('sends bytes and streams as they are, and answers HEAD without a body', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const routes: Route[] = [
      { method: 'GET', path: '/bytes', handle: () => ({ status: 200, body: bytes.subarray(16, 64) }) },
      {
        method: 'GET',
        path: '/stream',
        handle: () => ({ status: 200, body: Readable.from([Buffer.from('one'), Buffer.from('two')]) }),
      },
    ]
    await using node = await createTestNode(http(anyPorts), serving(routes))
    const base = await url(node, 'http')
    expect(new Uint8Array(await (await fetch(`${base}/bytes`)).arrayBuffer())).toEqual(bytes.subarray(16, 64))
    expect(await (await fetch(`${base}/stream`)).text()).toBe('onetwo')
    const head = await fetch(`${base}/bytes`, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '48', ''])
  })

  it('hands request bodies on unparsed, whatever they call themselves', async () => {
    const echo: Route = {
      method: 'POST',
      path: '/echo',
      handle: async ({ body }) => ({ status: 200, body: Buffer.concat(await body.toArray()) }),
    }
    await using node = await createTestNode(http(anyPorts), serving([echo]))
    const base = await url(node, 'http')
    for (const type of ['application/json', 'video/mp2t', 'multipart/mixed; boundary=x']) {
      const sent = new Uint8Array(3_000_000).fill(7)
      const answer = await fetch(`${base}/echo`, { method: 'POST', body: sent, headers: { 'content-type': type } })
      expect(Buffer.compare(Buffer.from(await answer.arrayBuffer()), sent)).toBe(0)
    }
  })

  it('lets other origins read the public listener, and only that', async () => {
    await using node = await createTestNode(http(anyPorts))
    const base = await url(node, 'http')
    const answer = await fetch(`${base}/healthz`)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-expose-headers')).toBe('Content-Length')
    const preflight = await fetch(`${base}/stream/x.m3u8`, {
      method: 'OPTIONS',
      headers: { 'access-control-request-method': 'GET', 'access-control-request-headers': 'range' },
    })
    expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'range'])
    const control = await fetch(`${await url(node, 'control')}/healthz`)
    expect(control.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('aborts the signal when the client goes away', async () => {
    const asked = Promise.withResolvers<AbortSignal>()
    const slow: Route = {
      method: 'GET',
      path: '/slow',
      handle: async ({ signal }) => {
        asked.resolve(signal)
        await once(signal, 'abort')
        return { status: 200 }
      },
    }
    await using node = await createTestNode(http(anyPorts), serving([slow]))
    const client = httpRequest(`${await url(node, 'http')}/slow`)
    client.on('error', () => {})
    client.end()
    const signal = await asked.promise
    expect(signal.aborted).toBe(false)
    const aborted = once(signal, 'abort')
    client.destroy()
    await aborted
    expect(signal.aborted).toBe(true)
  })

  it('answers a refusal with its code, hides the inside of a bug, and logs both', async () => {
    const refused = new LivepeerError({ code: 'LP_TEST', kind: 'input', message: 'No good.' })
    const routes: Route[] = [
      { method: 'GET', path: '/refused', handle: () => Promise.reject(refused) },
      { method: 'GET', path: '/bug', handle: () => Promise.reject(new Error('password is 1234')) },
    ]
    await using node = await createTestNode(http(anyPorts), serving(routes))
    const base = await url(node, 'http')
    const answer = await fetch(`${base}/refused`)
    expect([answer.status, await answer.json()]).toEqual([400, { code: 'LP_TEST', message: 'No good.' }])
    const bug = await fetch(`${base}/bug`)
    expect([bug.status, await bug.json()]).toEqual([500, { code: 'LP_UNEXPECTED', message: 'Internal error.' }])
    const logged = node.lines.filter(({ message }) => message === 'Request refused')
    expect(logged.map(({ level }) => level)).toEqual(['warn', 'error'])
  })

  it('keeps the first of two equal routes and says so', async () => {
    const [a, b] = ['a', 'b'].map(
      (body): Route => ({ method: 'GET', path: '/x', handle: () => ({ status: 200, body }) }),
    )
    await using node = await createTestNode(http(anyPorts), serving([a!]), serving([b!], 'public', 'two'))
    expect(await (await fetch(`${await url(node, 'http')}/x`)).text()).toBe('a')
    expect(JSON.stringify(node.lines)).toContain('LP_ROUTE_TAKEN')
  })
})

describe('status', () => {
  it('gathers the sections of all plugins on the control listener', async () => {
    const counted = definePlugin({
      name: 'counted',
      kernel: '^0.1.0',
      options: z.strictObject({}),
      apply: (node) => node.on.lifecycle.status(() => [{ name: 'counted', data: { streams: 2, wei: 10n ** 20n } }]),
    })
    await using node = await createTestNode(http(anyPorts), counted())
    const base = await url(node, 'control')
    const status = await (await fetch(`${base}/status`)).json()
    expect(status).toMatchObject({
      state: 'ready',
      sections: { counted: { streams: 2, wei: '100000000000000000000' } },
    })
    await node.drain(AbortSignal.timeout(60_000))
    expect(await (await fetch(`${base}/status`)).json()).toMatchObject({ state: 'draining' })
  })
})

describe('listeners', () => {
  it('are bound before the node is ready, and answer 503 until then', async () => {
    const probed = Promise.withResolvers<number>()
    const blocked = definePlugin({
      name: 'blocked',
      kernel: '^0.1.0',
      runs: ['lifecycle'],
      options: z.strictObject({}),
      apply: (node) => {
        node.on.lifecycle.preflight(async () => {
          const [endpoint] = await node.run.lifecycle.endpoints()
          probed.resolve((await fetch(`${endpoint?.url}/healthz`)).status)
          return []
        })
      },
    })
    await using node = await createTestNode(http(anyPorts), blocked())
    expect(await probed.promise).toBe(503)
    expect((await fetch(`${await url(node, 'http')}/healthz`)).status).toBe(200)
  })

  it('can be left out one by one', async () => {
    await using none = await createTestNode(http({ httpAddr: false, cliAddr: false }))
    expect(await none.endpoints()).toEqual([])
    await using control = await createTestNode(http({ httpAddr: 'none', cliAddr: ':0' }))
    expect((await control.endpoints()).map(({ name }) => name)).toEqual(['control'])
  })

  it.each(['127.0.0.1:99999', 'http://127.0.0.1/path', 'https://127.0.0.1:1'])(
    'refuse %s with its path',
    async (httpAddr) => {
      await expect(createTestNode(http({ httpAddr, cliAddr: false }))).rejects.toMatchObject({
        code: 'LP_PLUGIN_OPTIONS',
        message: expect.stringContaining('httpAddr'),
      })
    },
  )

  it('fail the start with address and remedy when a port is taken, and let go of the others', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const node = await prepareTestNode({ plugins: [http({ httpAddr: '127.0.0.1:0', cliAddr: `127.0.0.1:${port}` })] })
    await expect(node.start()).rejects.toMatchObject({
      code: 'LP_PORT_TAKEN',
      kind: 'environment',
      observed: `127.0.0.1:${port}`,
      remedy: expect.stringContaining('cliAddr'),
    })
    await node.stop()
    other.close()
  })

  it('fail the start when the address is not of this machine', async () => {
    await expect(createTestNode(http({ httpAddr: '192.0.2.1:0', cliAddr: false }))).rejects.toMatchObject({
      code: 'LP_LISTEN_FAILED',
      observed: '192.0.2.1:0',
    })
  })

  it('on stop end idle connections at once and let a running answer finish', async () => {
    const release = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const slow: Route = {
      method: 'GET',
      path: '/slow',
      handle: async () => {
        asked.resolve()
        await release.promise
        return { status: 200, body: 'whole' }
      },
    }
    // Its time stands still: nothing but the answer's end may close the connection.
    const node = await createTestNodeWith({ plugins: [http(anyPorts), serving([slow])], clock: new FakeClock() })
    const base = await url(node, 'http')
    const running = fetch(`${base}/slow`)
    await asked.promise
    const stopped = node.stop()
    await expect(fetch(`${base}/healthz`)).rejects.toThrow('fetch failed')
    release.resolve()
    expect(await (await running).text()).toBe('whole')
    await stopped
  })

  it('cut what still runs when the drain deadline passes', async () => {
    const asked = Promise.withResolvers<void>()
    const endless: Route = {
      method: 'GET',
      path: '/endless',
      handle: () => {
        asked.resolve()
        return { status: 200, body: new Readable({ read() {} }) }
      },
    }
    const node = await createTestNode(http(anyPorts), serving([endless]))
    const request = httpRequest(`${await url(node, 'http')}/endless`)
    const ended = new Promise((resolve) => {
      request.on('response', (response: IncomingMessage) => response.on('close', resolve).resume())
      request.on('error', resolve)
    })
    request.end()
    await asked.promise
    await node.drain(AbortSignal.abort())
    await node.stop()
    await ended
    expect(node.state).toBe('stopped')
  })
})
