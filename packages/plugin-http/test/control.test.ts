import { once } from 'node:events'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest, type RequestOptions } from 'node:http'
import { createServer } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Route } from '@livepeer-node/sdk'
import { createTestNode, createTestNodeWith, pluginFor, type TestNode } from '@livepeer-node/test-kit'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import http from '../src/index.ts'

const controlOnly = { httpAddr: false, cliAddr: '127.0.0.1:0' } as const
const JSON_TYPE = { 'content-type': 'application/json' }

interface Answer {
  readonly status: number
  readonly body: string
}

/** Not by fetch: it sets the host and knows no sockets. */
async function ask(options: RequestOptions, body = ''): Promise<Answer> {
  const request = httpRequest(options).end(body)
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  return { status: response.statusCode ?? 0, body: await text(response) }
}

async function controlPort(node: TestNode): Promise<string> {
  const found = (await node.endpoints()).find(({ name }) => name === 'control')
  return new URL(found?.url ?? '').port
}

const socketOf = (node: TestNode) => join(node.dataDir, 'control', `${process.pid}.sock`)
const change: Route = { method: 'POST', path: '/change', handle: () => ({ status: 200, body: 'changed' }) }
const changeable = () =>
  pluginFor('changeable', (node) => node.on.http.routes((listener) => (listener === 'control' ? [change] : [])))

async function postChange(node: TestNode, headers: Record<string, string>) {
  return ask({ port: await controlPort(node), path: '/change', method: 'POST', headers })
}

describe('a change on the control port', () => {
  it.each(['127.0.0.1:5935', 'localhost', 'LOCALHOST:1', '[::1]:5935', '10.0.0.7'])(
    'is made for JSON to %s',
    async (host) => {
      await using node = await createTestNode(http(controlOnly), changeable())
      expect(await postChange(node, { ...JSON_TYPE, host })).toEqual({ status: 200, body: 'changed' })
    },
  )

  it.each([
    ['a name that a page may own', { ...JSON_TYPE, host: 'rebound.example.org:5935' }, 'LP_CONTROL_HOST'],
    ['a form', { host: 'localhost', 'content-type': 'application/x-www-form-urlencoded' }, 'LP_CONTROL_NOT_JSON'],
    ['plain text', { host: 'localhost', 'content-type': 'text/plain; application/json' }, 'LP_CONTROL_NOT_JSON'],
    ['no type', { host: 'localhost' }, 'LP_CONTROL_NOT_JSON'],
  ])('is refused for %s', async (_, headers, code) => {
    await using node = await createTestNode(http(controlOnly), changeable())
    const { status, body } = await postChange(node, headers)
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ code })])
  })

  it('may name the node as the operator does', async () => {
    await using node = await createTestNode(
      http({ ...controlOnly, controlNames: ['Node-1.example.org'] }),
      changeable(),
    )
    expect((await postChange(node, { ...JSON_TYPE, host: 'node-1.example.org:5935' })).status).toBe(200)
    expect((await postChange(node, { ...JSON_TYPE, host: 'node-1' })).status).toBe(400)
  })

  it('is not asked of the public listener', async () => {
    const open = pluginFor('open', (node) => node.on.http.routes(() => [change]))
    await using node = await createTestNode(http({ ...controlOnly, httpAddr: '127.0.0.1:0' }), open)
    const url = new URL((await node.endpoints()).find(({ name }) => name === 'http')?.url ?? '')
    expect((await ask({ port: url.port, path: '/change', method: 'POST' })).status).toBe(200)
  })
})

async function readAs(host: string, path: string): Promise<Answer> {
  await using node = await createTestNode(http({ ...controlOnly, controlNames: ['node-1.example.org'] }))
  return await ask({ port: await controlPort(node), path, headers: { host } })
}

describe('reading on the control port', () => {
  it.each([
    ['127.0.0.1:5935', '/status'],
    ['[::1]:5935', '/status'],
    ['localhost', '/status'],
    [hostname(), '/status'],
    ['orchestrator:5935', '/status'],
    ['node-1.example.org', '/status'],
    ['rebound.example.org:5935', '/healthz'],
  ])('by %s: %s is answered', async (host, path) => {
    expect((await readAs(host, path)).status).toBe(200)
  })

  it.each(['/status', '/status?/healthz'])('by a name that a page may own: %s is refused', async (path) => {
    const { status, body } = await readAs('rebound.example.org:5935', path)
    expect([status, JSON.parse(body)]).toEqual([400, expect.objectContaining({ code: 'LP_CONTROL_HOST' })])
  })
})

describe('the control socket', () => {
  it('serves what the control port serves, to this user alone', async () => {
    await using node = await createTestNode(http({ httpAddr: false, cliAddr: false }), changeable())
    const socketPath = socketOf(node)
    expect((await stat(socketPath)).mode & 0o777).toBe(0o600)
    expect((await stat(join(node.dataDir, 'control'))).mode & 0o777).toBe(0o700)
    expect(await ask({ socketPath, path: '/change', method: 'POST' })).toEqual({ status: 200, body: 'changed' })
    const status = JSON.parse((await ask({ socketPath, path: '/status' })).body) as unknown
    expect(status).toMatchObject({ state: 'ready', pid: process.pid })
  })

  it('is gone with the node, and can be left out', async () => {
    const node = await createTestNode(http(controlOnly))
    const folder = join(node.dataDir, 'control')
    expect(await readdir(folder)).toHaveLength(1)
    await node.drain(AbortSignal.timeout(10_000))
    const closed = node.stop()
    await closed
    await expect(readdir(folder)).rejects.toThrow('ENOENT')
    await using without = await createTestNode(http({ ...controlOnly, controlSocket: false }))
    await expect(readdir(join(without.dataDir, 'control'))).rejects.toThrow('ENOENT')
  })

  it('takes the place of dead ones and leaves the living', async () => {
    await using folder = await temporaryFolder()
    const control = join(folder.path, 'control')
    await mkdir(control)
    for (const name of [`${process.pid}.sock`, '1.sock']) await deadSocket(join(control, name))
    expect(await readdir(control)).toHaveLength(2)
    await writeFile(join(control, 'notes.txt'), 'not ours')
    const other = createServer().listen(join(control, '2.sock'))
    await once(other, 'listening')
    await using node = await createTestNodeWith({ plugins: [http(controlOnly)], dataDir: folder.path })
    expect((await readdir(control)).toSorted()).toEqual(['2.sock', `${process.pid}.sock`, 'notes.txt'].toSorted())
    expect((await ask({ socketPath: socketOf(node), path: '/healthz' })).status).toBe(200)
    other.close()
  })

  it.each([
    ['LP_CONTROL_SOCKET_TAKEN', (folder: string) => folder],
    ['LP_CONTROL_PATH_LONG', (folder: string) => join(folder, 'x'.repeat(90))],
  ])('is missing with %s, and the node works', async (code, dataDirIn) => {
    await using folder = await temporaryFolder()
    const dataDir = dataDirIn(folder.path)
    await mkdir(join(dataDir, 'control'), { recursive: true })
    const living = createServer().listen(join(folder.path, 'control', `${process.pid}.sock`))
    living.on('error', () => {}) // only the first case needs it
    if (code === 'LP_CONTROL_SOCKET_TAKEN') await once(living, 'listening')
    await using node = await createTestNodeWith({ plugins: [http(controlOnly)], dataDir })
    expect(node.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'No control socket' }))
    expect(JSON.stringify(node.lines)).toContain(code)
    expect((await ask({ port: await controlPort(node), path: '/healthz' })).status).toBe(200)
    living.close()
  })

  it('is missing with LP_CONTROL_SOCKET where its folder is a file', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'control'), '')
    await using node = await createTestNodeWith({ plugins: [http(controlOnly)], dataDir: folder.path })
    expect(JSON.stringify(node.lines)).toContain('LP_CONTROL_SOCKET"')
  })
})

function post(node: TestNode, body = ''): Promise<Answer> {
  return ask({ socketPath: socketOf(node), path: '/drain', method: 'POST', headers: JSON_TYPE }, body)
}

describe('/drain', () => {
  it('asks for the end of the node, with the time that it may take', async () => {
    await using node = await createTestNode(http(controlOnly))
    expect((await post(node, '{ "graceMs": 1234 }')).status).toBe(202)
    expect(await node.stopRequested).toEqual({ reason: 'the operator drains it', graceMs: 1234 })
    await using other = await createTestNode(http(controlOnly))
    expect((await post(other)).status).toBe(202)
    expect(await other.stopRequested).toEqual({ reason: 'the operator drains it' })
  })

  it.each(['{ "graceMs": -1 }', '{ "grace": 1 }', 'soon', '[]', `{"x":"${'x'.repeat(20_000)}"}`])(
    'refuses %.20s, and goes on',
    async (body) => {
      await using node = await createTestNode(http(controlOnly))
      const answer = await post(node, body)
      expect([answer.status, JSON.parse(answer.body)]).toEqual([
        400,
        expect.objectContaining({ code: 'LP_DRAIN_REQUEST' }),
      ])
      expect(node.state).toBe('ready')
    },
  )

  it('tells at the end that all was finished', async () => {
    await using node = await createTestNode(http(controlOnly))
    const answer = post(node, '{ "wait": true }')
    await node.stopRequested
    await node.drain(AbortSignal.timeout(60_000), 60_000)
    await node.stop()
    expect(JSON.parse((await answer).body)).toEqual({ drained: true, left: {} })
  })

  it('tells at the end that work was given up', async () => {
    const busy = pluginFor('busy', (node) =>
      node.on.lifecycle.status(() => [{ name: 'busy', data: {}, work: { sessions: 3 } }]),
    )
    await using node = await createTestNode(http(controlOnly), busy)
    const answer = post(node, '{ "wait": true }')
    await node.stopRequested
    await node.drain(AbortSignal.timeout(60_000), 60_000)
    await node.stop()
    expect(JSON.parse((await answer).body)).toEqual({ drained: false, left: { 'busy sessions': 3 } })
  })

  it('shows in /status what is left and how long it may take', async () => {
    const busy = pluginFor('busy', (node) =>
      node.on.lifecycle.status(() => [{ name: 'busy', data: {}, work: { sessions: 3 } }]),
    )
    await using node = await createTestNode(http(controlOnly), busy)
    await node.drain(AbortSignal.timeout(60_000), 60_000)
    const status = JSON.parse((await ask({ socketPath: socketOf(node), path: '/status' })).body) as unknown
    expect(status).toMatchObject({
      state: 'draining',
      draining: { forMs: expect.any(Number), remainingMs: expect.any(Number) },
      work: { busy: { sessions: 3 } },
    })
  })
})

async function temporaryFolder() {
  const path = join(tmpdir(), `lp-${process.pid}-${Math.random().toString(36).slice(2, 8)}`)
  await mkdir(path)
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** What a process that was killed leaves behind. */
async function deadSocket(path: string): Promise<void> {
  const script = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`
  await execa(process.execPath, ['-e', script, path], { reject: false })
}
