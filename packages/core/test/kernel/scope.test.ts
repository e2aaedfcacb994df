import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginScope, SecretRef } from '@livepeer-node/sdk'
import { KERNEL_VERSION, secret, systemClock } from '@livepeer-node/sdk'
import { createTestNode, createTestNodeWith, FakeClock, pluginFor } from '@livepeer-node/test-kit'
import { afterAll, describe, expect, it } from 'vitest'
import { createNode } from '../../src/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'livepeer-node-scope-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A node with one plugin, whose scope is handed out. */
async function scoped(env: NodeJS.ProcessEnv = {}, dataDir?: string) {
  let scope: PluginScope | undefined
  const plugins = [
    pluginFor('@x/plugin-own', (own) => {
      scope = own
    }),
  ]
  const node = await createTestNodeWith({ plugins, env, ...(dataDir && { dataDir }) })
  return { node, scope: scope as unknown as PluginScope, [Symbol.asyncDispose]: () => node.stop() }
}

describe('defer', () => {
  it('takes any function, whatever it returns', async () => {
    const left = new Set([1])
    const own = await scoped()
    own.scope.defer(() => left.delete(1) as unknown as undefined)
    await own.node.stop()
    expect(left.size).toBe(0)
  })
})

describe('secret', () => {
  it('is the text itself', async () => {
    await using own = await scoped()
    expect(own.scope.secret('hunter2 ')).toBe('hunter2 ')
    expect(own.scope.secret('x'.repeat(10_000))).toHaveLength(10_000)
  })

  it('is the trimmed content of a file', async () => {
    const path = join(folder, 'secret')
    writeFileSync(path, ' from file \n')
    await using own = await scoped()
    expect(own.scope.secret(path)).toBe('from file')
    expect(own.scope.secret(folder), 'a folder is no file').toBe(folder)
  })

  it('is the value of an environment variable', async () => {
    await using own = await scoped({ LP_KEY: 'from env' })
    expect(own.scope.secret(secret('LP_KEY'))).toBe('from env')
  })

  it.each<[string, SecretRef]>([
    ['environment variable LP_NONE', { env: 'LP_NONE' }],
    ['environment variable LP_EMPTY', { env: 'LP_EMPTY' }],
    ['the option', '  '],
    [`file ${join(folder, 'empty')}`, join(folder, 'empty')],
  ])('is LP_SECRET_MISSING where %s is empty', async (source, ref) => {
    writeFileSync(join(folder, 'empty'), '\n')
    await using own = await scoped({ LP_EMPTY: '' })
    expect(() => own.scope.secret(ref)).toThrow(
      expect.objectContaining({ code: 'LP_SECRET_MISSING', observed: source }),
    )
  })

  it.runIf(process.platform === 'linux')('is LP_SECRET_UNREADABLE where the file cannot be read', async () => {
    // A regular file that fails to be read by root, too.
    await using own = await scoped()
    expect(() => own.scope.secret('/proc/self/mem')).toThrow(expect.objectContaining({ code: 'LP_SECRET_UNREADABLE' }))
  })

  it('warns of what looks like a path and is none, without printing it', async () => {
    await using own = await scoped()
    expect(own.scope.secret('/no/such/file')).toBe('/no/such/file')
    expect(own.node.lines).toMatchObject([{ level: 'debug' }, { level: 'warn' }])
    expect(JSON.stringify(own.node.lines)).not.toContain('/no/such/file')
  })

  it('is masked from then on, in every log of the node', async () => {
    let other: PluginScope | undefined
    await using node = await createTestNode(
      pluginFor('a', (scope) => void scope.secret('hunter2')),
      pluginFor('b', (scope) => {
        other = scope
      }),
    )
    other?.log.child({ url: 'rtmp://x/hunter2' }).info('key hunter2', { deep: { list: ['hunter2', 1] } })
    other?.log.error('failed', { error: new Error('bad key hunter2') })
    const lines = JSON.stringify(node.lines)
    expect(lines).not.toContain('hunter2')
    expect(node.lines.at(-2)).toEqual({
      level: 'info',
      message: 'key ***',
      fields: { plugin: 'b', url: 'rtmp://x/***', deep: { list: ['***', 1] } },
    })
  })
})

describe('dataDir', () => {
  it('is made when it is first asked for', async () => {
    const path = join(folder, 'data', 'node')
    await using own = await scoped({}, path)
    expect(existsSync(path)).toBe(false)
    expect(own.scope.dataDir).toBe(path)
    expect(existsSync(path)).toBe(true)
    expect(own.scope.dataDir).toBe(path)
  })

  // There Node makes folders for ever, so not in this process.
  it.skipIf(process.platform !== 'linux')('does not try for ever where the system makes no folder', () => {
    const module = new URL('../../src/kernel/data-dir.ts', import.meta.url).href
    const script = `import { DataDir } from '${module}'; try { new DataDir('/proc/none/below').open() } catch (e) { console.log(e.code) }`
    const args = ['--conditions=livepeer-src', '--input-type=module', '-e', script]
    const { stdout } = spawnSync(process.execPath, args, { timeout: 10_000, encoding: 'utf8' })
    expect(stdout.trim()).toBe('LP_DATADIR_NOT_WRITABLE')
  })

  it('is LP_DATADIR_NOT_WRITABLE where it cannot be made', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    await using own = await scoped({}, join(file, 'node'))
    expect(() => own.scope.dataDir).toThrow(
      expect.objectContaining({ code: 'LP_DATADIR_NOT_WRITABLE', observed: join(file, 'node') }),
    )
  })
})

describe('what else a plugin sees', () => {
  it('log lines carry its short name', async () => {
    await using own = await scoped()
    own.scope.log.child({ streamId: 'movie' }).info('hello', { seq: 1 })
    expect(own.node.lines.at(-1)).toEqual({
      level: 'info',
      message: 'hello',
      fields: { plugin: 'own', streamId: 'movie', seq: 1 },
    })
  })

  it('the clock and the version that the node was given, or else the machine’s and the kernel’s', async () => {
    const scopes: PluginScope[] = []
    const plugins = [pluginFor('own', (scope) => void scopes.push(scope))]
    const clock = new FakeClock()
    await using given = await createTestNodeWith({ plugins, clock, version: '7.8.9' })
    await using plain = createNode({ plugins, dataDir: given.dataDir })
    await plain.start()
    expect(scopes.map((scope) => scope.version)).toEqual(['7.8.9', KERNEL_VERSION])
    expect(scopes.map((scope) => scope.clock)).toEqual([clock, systemClock])
  })

  it('survives being taken apart', async () => {
    await using own = await scoped({ LP_KEY: 'k' })
    const parts = { ...own.scope }
    let ran = false
    parts.defer(() => {
      ran = true
    })
    expect(parts.secret({ env: 'LP_KEY' })).toBe('k')
    parts.log.info('x')
    await own.node.stop()
    expect(ran).toBe(true)
  })
})
