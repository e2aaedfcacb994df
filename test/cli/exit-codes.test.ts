import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { CliProject, linesUntil, ownPlugin } from './cli-project.ts'

const HTTP = '@livepeer-node/plugin-http'
const control = [HTTP, { httpAddr: false, cliAddr: '127.0.0.1:0' }]

describe('exit codes', () => {
  it('2 for a wrong flag, with the command that helps', async () => {
    await using project = new CliProject()
    const { exitCode, stderr } = await project.run(['broadcaster', '--no-such-flag'])
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^LP_USAGE {2}Nonexistent flag: --no-such-flag\n {2}remedy {4}livepeer broadcaster --help$/m)
  })

  it('2 for an unknown command', async () => {
    await using project = new CliProject()
    expect((await project.run(['redeem-everything'])).exitCode).toBe(2)
  })

  it.each([
    ['livepeer.config.json', '{ "plugins": [ }', 'LP_CONFIG_UNREADABLE'],
    ['livepeer.config.ts', 'enum A { b }\nexport default { plugins: [] }', 'LP_CONFIG_UNREADABLE'],
    ['livepeer.config.ts', 'export default {\n  plugins: [ }', 'LP_CONFIG_UNREADABLE'],
    ['livepeer.config.json', { plugins: ['livepeer-plugin-nowhere'] }, 'LP_PLUGIN_NOT_INSTALLED'],
    ['livepeer.config.json', { plugins: [[HTTP, { htpAddr: ':1' }]] }, 'LP_PLUGIN_OPTIONS'],
    ['livepeer.config.json', { plugins: [[HTTP, { httpAddr: 1 }]] }, 'LP_PLUGIN_OPTIONS'],
  ])('3 for %s with %j: %s', async (name, content, code) => {
    await using project = new CliProject()
    project.write(name, content)
    const { exitCode, stderr, stdout } = await project.run(['start'])
    expect([exitCode, stdout]).toEqual([3, ''])
    expect(stderr).toMatch(new RegExp(`^${code} {2}`, 'm'))
    expect(stderr).toMatch(/^ {2}remedy {4}\S/m)
  })

  it('names the place of a syntax error', async () => {
    await using project = new CliProject()
    project.write('livepeer.config.ts', 'export default {\n  plugins: [ }')
    expect((await project.run(['start'])).stderr).toContain('livepeer.config.ts:2')
  })

  it('3 with all wrong options of all plugins at once', async () => {
    await using project = new CliProject()
    project.write('own.js', ownPlugin('own', '', `depth: z.int()`))
    project.write('livepeer.config.json', {
      plugins: [
        [HTTP, { httpAddr: 'a/b' }],
        ['./own.js', { depth: 'x' }],
      ],
    })
    const { exitCode, stdout } = await project.run(['start', '--json'])
    expect(exitCode).toBe(3)
    expect(stdout).toContain('httpAddr')
    expect(stdout).toContain('depth')
  })

  it('4 for what preflight finds', async () => {
    await using project = new CliProject()
    project.write(
      'own.js',
      ownPlugin(
        'own',
        `node.on.lifecycle.preflight(() => [{ code: 'LP_NO_CARD', message: 'No card.', remedy: 'Buy one.' }])`,
      ),
    )
    project.write('livepeer.config.json', { plugins: ['./own.js'] })
    const { exitCode, stderr } = await project.run(['start'])
    expect([exitCode, stderr]).toEqual([4, 'LP_NO_CARD  No card.\n  remedy    Buy one.'])
  })

  it('5 for a port that is taken, as text and as JSON', async () => {
    await using project = new CliProject()
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    project.write('livepeer.config.json', { plugins: [[HTTP, { httpAddr: false }]] })
    const args = ['start', '--cli-addr', `127.0.0.1:${port}`]
    const asText = await project.run(args)
    expect(asText.exitCode).toBe(5)
    expect(asText.stderr).toContain(`LP_PORT_TAKEN  127.0.0.1:${port} (cliAddr)`)
    const asJson = await project.run([...args, '--json'])
    expect(asJson.exitCode).toBe(5)
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      errors: [{ code: 'LP_PORT_TAKEN', observed: `127.0.0.1:${port}`, remedy: expect.any(String) }],
    })
    other.close()
  })

  it('6 for a data folder that cannot be written', async () => {
    await using project = new CliProject()
    project.write('own.js', ownPlugin('own', 'node.dataDir'))
    project.write('livepeer.config.json', { plugins: ['./own.js'] })
    const file = project.write('a-file', '')
    const { exitCode, stderr } = await project.run(['start', '--data-dir', `${file}/below`])
    expect(exitCode).toBe(6)
    expect(stderr).toContain('LP_DATADIR_NOT_WRITABLE')
    expect(stderr).toContain(`${file}/below`)
  })

  it('1 for a bug, with its stack', async () => {
    await using project = new CliProject()
    project.write('own.js', ownPlugin('own', 'null.x'))
    project.write('livepeer.config.json', { plugins: ['./own.js'] })
    const { exitCode, stderr } = await project.run(['start'])
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^LP_UNEXPECTED /m)
    expect(stderr).toContain('own.js')
  })
})

const draining = (work: string) =>
  ownPlugin('own', `node.on.lifecycle.draining(async () => { node.log.info('draining'); ${work} })`)

describe('told to stop', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('%s: finishes what runs, exits 0', async (signal) => {
    await using project = new CliProject()
    project.write('own.js', draining(`await new Promise((r) => setTimeout(r, 50)); node.log.info('finished')`))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child, ready } = await project.start(['start'])
    expect(ready.endpoints.map(({ name }) => name)).toEqual(['control'])
    child.kill(signal)
    const { exitCode, stderr } = await child
    expect(exitCode).toBe(0)
    expect(stderr).toContain('finished')
  })

  it('8 when the drain deadline passes', async () => {
    await using project = new CliProject()
    project.write('own.js', draining('await new Promise((r) => setTimeout(r, 600_000))'))
    project.write('livepeer.config.json', { drainTimeoutMs: 50, plugins: ['./own.js', control] })
    const { child } = await project.start(['start'])
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(8)
  })

  it('is told so by a plugin too, which may give it another time to finish', async () => {
    await using project = new CliProject()
    const asks = `node.on.lifecycle.endpoints(() => (node.requestStop({ reason: 'the test is over', graceMs: 50 }), []))`
    const waits = `node.on.lifecycle.draining((end, graceMs) => {
      node.log.info('grace ' + graceMs)
      return new Promise((resolve) => end.addEventListener('abort', resolve))
    })`
    project.write('own.js', ownPlugin('own', `${asks}; ${waits}`))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child } = await project.start(['start', '--grace', '1h'])
    const { exitCode, stderr } = await child
    expect(exitCode).toBe(8)
    expect(stderr).toContain('the test is over')
    expect(stderr).toContain('grace 50')
  })

  it('a signal ends a longer drain that a plugin asked for', async () => {
    await using project = new CliProject()
    const asks = `node.on.lifecycle.endpoints(() => (node.requestStop({ reason: 'slowly', graceMs: 3_600_000 }), []))`
    const waits = `node.on.lifecycle.draining((end) => {
      node.log.info('draining')
      return new Promise((resolve) => end.addEventListener('abort', resolve))
    })`
    project.write('own.js', ownPlugin('own', `${asks}; ${waits}`))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const child = project.run(['start', '--grace', '50ms'])
    await linesUntil(child.stderr, '"draining"')
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(8)
  })

  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second %s exits at once with %i, an echo of the first does not', async (signal, code) => {
    await using project = new CliProject()
    project.write('own.js', draining('await new Promise((r) => setTimeout(r, 600_000))'))
    project.write('livepeer.config.json', { plugins: ['./own.js', control] })
    const { child } = await project.start(['start'])
    child.kill(signal)
    child.kill(signal)
    const logged = await linesUntil(child.stderr, 'draining')
    const again = setInterval(() => child.kill(signal), 100)
    const { exitCode } = await child
    clearInterval(again)
    expect(exitCode).toBe(code)
    expect(logged.at(-1)).toContain('draining')
  })

  it('before it is ready: closes what was open, exits 0', async () => {
    await using project = new CliProject()
    project.write(
      'own.js',
      ownPlugin(
        'own',
        `node.defer(() => node.log.info('closed')); node.log.info('applying'); await new Promise(() => {})`,
      ),
    )
    project.write('livepeer.config.json', { plugins: [control, './own.js'] })
    const child = project.run(['start', '--json'])
    await linesUntil(child.stderr, 'applying')
    child.kill('SIGTERM')
    const { exitCode, stderr, stdout } = await child
    expect([exitCode, stdout]).toEqual([0, ''])
    expect(stderr).toContain('closed')
  })
})
