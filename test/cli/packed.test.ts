import { existsSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linesUntil, ownPlugin, type Ready } from './cli-project.ts'

const ROOT = join(import.meta.dirname, '../..')
const NPM_ENV = { env: { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}` }, cwd: ROOT }
/** Inside of the checkout, so that what others made is found in its node_modules, and built: Node reads no TypeScript there. */
const folder = join(ROOT, '.reports')
let operator: string
let bin: string
const children: (PromiseLike<unknown> & { kill(signal: 'SIGKILL'): boolean })[] = []

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  operator = mkdtempSync(join(folder, 'packed-'))
  const modules = join(operator, 'node_modules')
  await execa('npm', ['run', 'build'], NPM_ENV)
  await execa(
    'npm',
    ['pack', '--workspaces', '--include-workspace-root', '--ignore-scripts', '--pack-destination', operator],
    NPM_ENV,
  )
  for (const tarball of globSync('*.tgz', { cwd: operator })) {
    const name = tarball.replace(/-\d+\.\d+\.\d+\.tgz$/, '').replace(/^livepeer-node-/, '@livepeer-node/')
    const target = join(modules, name)
    mkdirSync(target, { recursive: true })
    await execa('tar', ['xzf', join(operator, tarball), '-C', target, '--strip-components=1'])
  }
  bin = join(modules, 'livepeer-node/bin/livepeer.js')
  const plugin = join(modules, 'livepeer-plugin-stranger')
  mkdirSync(plugin)
  writeFileSync(
    join(plugin, 'package.json'),
    '{ "name": "livepeer-plugin-stranger", "version": "7.0.0", "type": "module", "exports": "./index.js" }',
  )
  writeFileSync(
    join(plugin, 'index.js'),
    ownPlugin('livepeer-plugin-stranger', `node.on.lifecycle.ready(() => node.log.info('stranger is in'))`),
  )
})

function livepeer(...args: readonly string[]) {
  const child = execa(process.execPath, [bin, ...args], { cwd: operator, reject: false })
  children.push(child)
  return child
}

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.allSettled(children)
  rmSync(operator, { recursive: true, force: true })
})

it('packs every package of the workspace, and no sources', () => {
  const packed = globSync('node_modules/{livepeer-node,@livepeer-node/*}/package.json', { cwd: operator })
  expect(packed.length).toBe(1 + globSync('packages/*/package.json', { cwd: ROOT }).length)
  expect(packed.filter((file) => existsSync(join(operator, dirname(file), 'src')))).toEqual([])
  expect(packed.filter((file) => !existsSync(join(operator, dirname(file), 'LICENSE')))).toEqual([])
})

it('runs a live stream from packages, with a plugin of a stranger', async () => {
  const own = ['http', 'hls', 'rtmp', 'segmenter', 'broadcaster', 'orchestrator', 'transcoder', 'cpu-x264', 'pattern']
  writeFileSync(
    join(operator, 'livepeer.config.json'),
    JSON.stringify({ plugins: [...own.map((name) => `@livepeer-node/plugin-${name}`), 'livepeer-plugin-stranger'] }),
  )
  const ports = ['http', 'rtmp', 'cli', 'service'].flatMap((name) => [`--${name}-addr`, '127.0.0.1:0'])
  const node = livepeer('start', '--json', '--data-dir', join(operator, 'data'), ...ports)
  const { endpoints } = JSON.parse((await linesUntil(node.stdout, '{"ready":true')).at(-1) ?? '') as Ready
  const http = endpoints.find(({ name }) => name === 'http')
  expect(http).toBeDefined()
  await expect
    .poll(async () => (await fetch(`${http?.url}/stream/pattern.m3u8`)).text(), { timeout: 60_000, interval: 250 })
    .toMatch(/P240p30fps16x9/)
  node.kill('SIGTERM')
  const { exitCode, stderr } = await node
  expect(exitCode).toBe(0)
  expect(stderr).toContain('stranger is in')
})

it('lists the plugin of a stranger with its version', async () => {
  const { stdout } = await livepeer('plugins')
  expect(stdout).toMatch(/^livepeer-plugin-stranger 7\.0\.0 +1 hook$/m)
})
