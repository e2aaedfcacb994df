import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { CliProject, linesUntil, ownPlugin } from './cli-project.ts'

const HTTP = '@livepeer-node/plugin-http'
const ROOT = join(import.meta.dirname, '../..')
const noPorts = [HTTP, { httpAddr: false, cliAddr: false }]

const withSecret = ownPlugin(
  'own',
  `node.on.transcode.claim(() => undefined, { stage: 'fallback' }); node.log.info('secret is ' + node.secret(options.orchSecret))`,
  `orchSecret: secretOption(), orchAddr: z.string().default('nobody')`,
).replace('definePlugin }', 'definePlugin, secretOption }')

describe('config print', () => {
  it('shows each value with its origin and no secret', async () => {
    await using project = new CliProject()
    project.write('own.js', withSecret)
    project.write('livepeer.config.json', {
      logLevel: 'warn',
      plugins: [['./own.js', { orchSecret: 'hush-file' }], noPorts],
    })
    const { stdout, exitCode } = await project.run(['config', 'print', '-orchAddr', 'a:1'], {
      env: { LP_CLIADDR: ':0' },
    })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^node +logLevel +warn +file livepeer.config.json$/m)
    expect(stdout).toMatch(/^own +orchSecret +\*\*\* +file livepeer.config.json$/m)
    expect(stdout).toMatch(/^own +orchAddr +a:1 +flag --orch-addr$/m)
    expect(stdout).toMatch(/plugin-http +cliAddr +:0 +env LP_CLIADDR$/m)
    expect(stdout).not.toContain('hush')
    const json = await project.run(['config', 'print', '--json', '--orch-secret', 'hush-flag'])
    expect(json.stdout).not.toContain('hush')
    expect(JSON.parse(json.stdout)).toMatchObject({
      file: join(project.folder, 'livepeer.config.json'),
      values: expect.arrayContaining([
        { plugin: 'own', path: 'orchSecret', value: '***', origin: 'flag --orch-secret', secret: true },
      ]),
    })
  })
})

const problem = (code: string) => `node.on.lifecycle.preflight(() => [{ code: '${code}', message: 'm', remedy: 'r' }])`

describe('check', () => {
  it('applies everything, opens no door, and says so', async () => {
    await using project = new CliProject()
    project.write('own.js', ownPlugin('own', `node.on.lifecycle.ready(() => console.log('open!'))`))
    project.write('livepeer.config.json', { plugins: ['./own.js', [HTTP, { httpAddr: ':0', cliAddr: ':0' }]] })
    const { stdout, exitCode } = await project.run(['check'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^No problem found: 2 plugins/)
    const json = await project.run(['check', '--json'], { env: { LP_HTP_ADDR: 'x' } })
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: true,
      plugins: ['own', HTTP],
      warnings: [expect.stringContaining('LP_HTTP_ADDR')],
    })
  })

  it('prints all problems and the exit code of the first', async () => {
    await using project = new CliProject()
    project.write('a.js', ownPlugin('a', problem('LP_A')))
    project.write('b.js', ownPlugin('b', problem('LP_B')))
    project.write('livepeer.config.json', { plugins: ['./a.js', './b.js'] })
    const { stderr, exitCode } = await project.run(['check'])
    expect(exitCode).toBe(4)
    expect(stderr).toBe('LP_A  m\n  remedy    r\nLP_B  m\n  remedy    r')
    expect(JSON.parse((await project.run(['check', '--json'])).stdout)).toMatchObject({
      errors: [{ code: 'LP_A' }, { code: 'LP_B' }],
    })
  })
})

describe('plugins', () => {
  it('lists them in load order, and hooks with who answers or what it means that nobody does', async () => {
    await using project = new CliProject()
    project.write('own.js', withSecret)
    project.write('livepeer.config.json', { plugins: [['./own.js', { orchSecret: 'x' }], HTTP] })
    const list = await project.run(['plugins'])
    expect(list.exitCode).toBe(0)
    expect(list.stdout).toMatch(/^own +1 hook$/m)
    expect(list.stdout).toMatch(/plugin-http 0\.1\.0 +\d hooks +provides http/)
    const hooks = await project.run(['plugins', '--hooks'])
    expect(hooks.stdout).toMatch(/^transcode\.claim +claim +own \(fallback\)$/m)
    expect(hooks.stdout).toMatch(/^segment\.open +claim +\(nobody: LP_NO_SEGMENTER/m)
    expect(hooks.stdout).not.toContain('LP_INSPECTED')
    const json = JSON.parse((await project.run(['plugins', '--json'])).stdout) as { plugins: { name: string }[] }
    expect(json.plugins.map(({ name }) => name)).toEqual(['own', HTTP])
  })
})

describe('a role that the config composes', () => {
  it('runs with go-livepeer’s command line, flags before variables before the file', async () => {
    await using project = new CliProject()
    project.write('livepeer.config.json', {
      plugins: [],
      roles: { transcoder: [[HTTP, { httpAddr: '127.0.0.1:1', cliAddr: '127.0.0.1:1' }]] },
    })
    const env = { LP_HTTP_ADDR: 'none', LP_CLI_ADDR: '127.0.0.1:1' }
    const { child, ready } = await project.start(['-transcoder', '-cliAddr=127.0.0.1:0'], { env })
    const [endpoint, ...others] = ready.endpoints
    expect([endpoint?.name, others]).toEqual(['control', []])
    expect((await fetch(`${endpoint?.url}/healthz`)).status).toBe(200)
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(0)
  })

  it('says for a person where it is and how to stop', async () => {
    await using project = new CliProject()
    project.write('livepeer.config.json', { plugins: [[HTTP, { httpAddr: ':0', cliAddr: false }]] })
    const child = project.run(['start'])
    const text = await linesUntil(child.stdout, 'Ctrl-C')
    child.kill('SIGTERM')
    expect((await child).exitCode).toBe(0)
    expect(text.join('\n')).toMatch(/Watch +http:\/\/127\.0\.0\.1:\d+\//)
  })
})

describe('secrets', () => {
  it('are masked in the log', async () => {
    await using project = new CliProject()
    project.write('own.js', withSecret)
    project.write('livepeer.config.json', { plugins: ['./own.js', noPorts] })
    const { child } = await project.start(['start', '--orch-secret', 'hush-hush'])
    child.kill('SIGTERM')
    const { stderr } = await child
    expect(stderr).toContain('secret is ***')
    expect(stderr).not.toContain('hush')
  })
})

describe('the command line itself', () => {
  it('has an up-to-date manifest', async () => {
    const script = join(ROOT, 'scripts/manifest.ts')
    const { exitCode, stderr } = await execa(process.execPath, ['--conditions=livepeer-src', script, '--check'], {
      reject: false,
    })
    expect([exitCode, stderr]).toEqual([0, ''])
  })

  it('has the version of its package', async () => {
    await using project = new CliProject()
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect((await project.run(['--version'])).stdout).toContain(`livepeer-node/${version} `)
  })

  it('shows help for each command', async () => {
    await using project = new CliProject()
    for (const command of [
      'start',
      'broadcaster',
      'orchestrator',
      'transcoder',
      'check',
      'plugins',
      'config print',
      'drain',
      'status',
      'transcoders',
      'transcoders add',
    ]) {
      const { exitCode, stdout } = await project.run([...command.split(' '), '--help'])
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining(`livepeer ${command}`)])
      expect(stdout).not.toContain('orchAddr')
    }
  })

  it('ends quietly when its reader has gone', async () => {
    await using project = new CliProject()
    const child = project.run(['--help'])
    child.stdout.destroy()
    const { exitCode, stderr } = await child
    expect([exitCode, stderr]).toEqual([0, ''])
  })
})
