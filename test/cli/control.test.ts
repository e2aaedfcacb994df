import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ControlClient } from '../../src/control/client.ts'
import { CliProject, linesUntil, ownPlugin } from './cli-project.ts'

const HTTP = '@livepeer-node/plugin-http'
const control = [HTTP, { httpAddr: false, cliAddr: '127.0.0.1:0' }]

/** A node that has `work` to do when it is told to stop. */
function busy(name: string, work: string): string {
  return ownPlugin(
    name,
    `let left = 1
     node.on.lifecycle.status(() => [{ name: '${name}', data: {}, work: { sessions: left } }])
     node.on.lifecycle.draining(async (end, graceMs) => { node.log.info('grace ' + graceMs); ${work} })`,
  )
}

const untilTheEnd = `await new Promise((resolve) => end.addEventListener('abort', resolve))`

describe('drain', () => {
  it('ends the node that runs here, shows what is left, and says how it went', async () => {
    await using project = new CliProject()
    project.write('own.js', busy('orchestrator', 'await new Promise((r) => setTimeout(r, 300)); left = 0'))
    project.write('livepeer.config.json', { dataDir: 'data', plugins: ['./own.js', control] })
    const { child } = await project.start(['start'])
    const drained = await project.run(['drain', '--grace', '1m'])
    expect([drained.exitCode, drained.stderr]).toEqual([0, ''])
    expect(drained.stdout).toMatch(/^orchestrator \(process \d+\) drains$/m)
    expect(drained.stdout).toMatch(/^ {2}1 session left, \d+ s to go$/m)
    expect(drained.stdout).toContain('Drained: everything was finished or handed over.')
    const { exitCode, stderr } = await child
    expect(exitCode).toBe(0)
    expect(stderr).toContain('grace 60000')
    expect(readdirSync(join(project.folder, 'data/control'))).toEqual([])
  })

  it('ends with 8 where something was left before the time was over, as the node does', async () => {
    await using project = new CliProject()
    project.write('own.js', busy('transcoder', ''))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child } = await project.start(['start'])
    const { exitCode, stdout } = await project.run(['drain', '--grace', '1m'])
    expect([exitCode, stdout]).toEqual([
      8,
      expect.stringContaining('Ended: work in flight was given up (1 transcoder session).'),
    ])
    const node = await child
    expect([node.exitCode, node.stderr]).toEqual([8, expect.stringContaining('"left":{"transcoder sessions":1}')])
  })

  it('ends with 8 when work was given up, as the node does', async () => {
    await using project = new CliProject()
    project.write('own.js', busy('transcoder', untilTheEnd))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child, ready } = await project.start(['start'])
    const address = new URL(ready.endpoints[0]?.url ?? '').host
    const { exitCode, stdout } = await project.run(['drain', '--grace', '100ms', '--cli-addr', address, '--json'])
    expect(exitCode).toBe(8)
    expect(JSON.parse(stdout)).toMatchObject({ drained: false, roles: ['transcoder'], pid: child.pid })
    expect((await child).exitCode).toBe(8)
  })

  it('ends with 7 when the node was killed meanwhile', async () => {
    await using project = new CliProject()
    project.write('own.js', busy('transcoder', untilTheEnd))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child } = await project.start(['start'])
    const drain = project.run(['drain'])
    await linesUntil(drain.stdout, 'left')
    child.kill('SIGKILL')
    const { exitCode, stderr } = await drain
    expect([exitCode, stderr]).toEqual([7, expect.stringMatching(/^LP_DRAIN_LOST /)])
  })

  it('tells whose work is left where a node has several roles', async () => {
    await using project = new CliProject()
    const wait = 'await new Promise((r) => setTimeout(r, 300)); left = 0'
    project.write('o.js', busy('orchestrator', wait))
    project.write('t.js', busy('transcoder', wait))
    project.write('livepeer.config.json', { plugins: ['./o.js', './t.js', control] })
    const { child } = await project.start(['start'])
    const { stdout } = await project.run(['drain'])
    expect(stdout).toMatch(/^ {2}1 session \(\w+\), 1 session \(\w+\) left, \d+ s to go$/m)
    await child
  })

  it('reaches a node by any name that leads to it, as no page of that name could', async () => {
    const server = createServer(({ headers }, response) => response.end(JSON.stringify(headers.host)))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    expect(await new ControlClient({ host: '127.0.0.1', port }).ask('POST', '/drain')).toBe('localhost')
    server.close()
  })

  it('asks which one where there are several, and takes a role or a process', async () => {
    await using project = new CliProject()
    project.write('o.js', busy('orchestrator', 'left = 0'))
    project.write('t.js', busy('transcoder', 'left = 0'))
    project.write('o.config.json', { plugins: ['./o.js', control] })
    project.write('t.config.json', { plugins: ['./t.js', control] })
    const o = await project.start(['start', '--config', 'o.config.json'])
    const t = await project.start(['start', '--config', 't.config.json'])
    const which = await project.run(['drain'])
    expect(which.exitCode).toBe(3)
    expect(which.stderr).toContain('LP_NODE_AMBIGUOUS')
    expect(which.stderr).toContain(`orchestrator (process ${o.child.pid})`)
    const none = await project.run(['drain', '--role', 'broadcaster'])
    expect([none.exitCode, none.stderr]).toEqual([7, expect.stringContaining('LP_NODE_NOT_FOUND')])
    expect((await project.run(['drain', '--role', 'orchestrator'])).exitCode).toBe(0)
    expect((await project.run(['drain', '--pid', String(t.child.pid)])).exitCode).toBe(0)
    expect([(await o.child).exitCode, (await t.child).exitCode]).toEqual([0, 0])
  })

  it.each([
    [['drain'], 7, 'LP_NODE_NOT_FOUND'],
    [['drain', '--cli-addr', '127.0.0.1:1'], 7, 'LP_NODE_NOT_FOUND'],
    [['drain', '--cli-addr', 'nowhere'], 3, 'LP_CONTROL_ADDRESS'],
    [['drain', '--grace', 'soon'], 3, 'LP_TIME_INVALID'],
    [['drain', '--grace', '30'], 3, 'LP_TIME_INVALID [^]*\n  remedy +Write 30s for seconds,'],
    [['status', '--pid', '1'], 7, 'LP_NODE_NOT_FOUND'],
    [['transcoders'], 7, 'LP_NODE_NOT_FOUND'],
  ])('%j without a node: %i, %s', async (args, code, text) => {
    await using project = new CliProject()
    const { exitCode, stderr } = await project.run(args)
    expect([exitCode, stderr]).toEqual([code, expect.stringMatching(new RegExp(`^${text} `))])
  })
})

describe('transcoders', () => {
  it('makes, lists and takes back tokens, and lists who is attached', async () => {
    await using project = new CliProject()
    const args = ['--service-addr', '127.0.0.1:0', '--cli-addr', '127.0.0.1:0', '--orch-secret', 'a secret']
    const { child } = await project.start(['orchestrator', ...args])
    const transcoders = (...more: string[]) => project.run(['transcoders', ...more])
    expect((await transcoders()).stdout).toBe('No transcoder is attached.')
    const { stdout: token } = await transcoders('add', 'berlin-1')
    expect(token).toMatch(/^lpt_[\w-]{43}$/)
    expect(await transcoders('add', 'berlin-1')).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(/LP_TOKEN_TAKEN/),
    })
    const list = await transcoders('tokens', '--json')
    expect(JSON.parse(list.stdout)).toEqual([{ name: 'berlin-1', createdAt: expect.any(Number) }])
    expect(list.stdout).not.toContain(token)
    expect((await transcoders('drain', 'nobody')).stderr).toContain('LP_TRANSCODER_UNKNOWN')
    expect((await transcoders('revoke', 'berlin-1')).exitCode).toBe(0)
    expect((await transcoders('tokens', '--json')).stdout).toBe('[]')
    expect((await project.run(['status'])).stdout).toContain('"state": "ready"')
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(0)
  })
})
