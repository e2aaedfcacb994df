import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { checkBorders } from '../../scripts/check-borders.ts'
import { checkErrors } from '../../scripts/check-errors.ts'

const ROOT = join(import.meta.dirname, '../..')

class Checkout implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'livepeer-checkout-'))

  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.root, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true })
  }
}

function pack(name: string, source: string, dependencies: readonly string[] = []): Record<string, string> {
  const declared = Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0']))
  return {
    [`packages/${name}/package.json`]: JSON.stringify({ name: `@livepeer-node/${name}`, dependencies: declared }),
    [`packages/${name}/src/index.ts`]: source,
  }
}

const ours = (name: string) => `@livepeer-node/${name}`

describe('import borders', () => {
  it('hold in this checkout', () => {
    expect(checkBorders(ROOT)).toEqual([])
  })

  it.each([
    ['sdk importing core', pack('sdk', `import { a } from '${ours('core')}'`, [ours('core')])],
    ['a plugin importing core', pack('plugin-a', `import type { A } from '${ours('core')}'`, [ours('core')])],
    ['a plugin importing a plugin', pack('plugin-a', `export * from '${ours('plugin-b')}'`, [ours('plugin-b')])],
    ['an import on demand', pack('media', `const a = () => import('${ours('core')}')`, [ours('core')])],
    ['a dependency that is only declared', pack('protocol', '', [ours('core')])],
    ['an import that is not declared', pack('plugin-a', `import {\n  a,\n  b,\n} from 'fastify'`)],
    ['a way around the package', pack('plugin-a', `import { a } from '../../core/src/a.ts'`)],
    ['native handles outside of their folder', pack('media', `import { Frame } from 'node-av/lib'`, ['node-av'])],
    ['tapable outside of core', pack('media', `import { Hook } from 'tapable'`, ['tapable'])],
    ['a command importing a plugin', { ...pack('sdk', ''), 'src/a.ts': `await import('${ours('plugin-a')}')` }],
  ])('are broken by %s', (_, files) => {
    using checkout = new Checkout(files)
    expect(checkBorders(checkout.root)).not.toEqual([])
  })

  it('are broken by tapable in two files', () => {
    const one = pack('core', `import { SyncHook } from 'tapable'`, ['tapable'])
    using checkout = new Checkout({ ...one, 'packages/core/src/two.ts': `import { AsyncHook } from 'tapable'` })
    expect(checkBorders(checkout.root)).toEqual([expect.stringContaining('more than one file')])
  })

  it('are broken by a circle', () => {
    using checkout = new Checkout({
      ...pack('plugin-a', `import '${ours('plugin-b')}/hooks'`, [ours('plugin-b')]),
      ...pack('plugin-b', `import '${ours('plugin-a')}/hooks'`, [ours('plugin-a')]),
    })
    expect(checkBorders(checkout.root).join('\n')).toContain('import circle: plugin-a -> plugin-b -> plugin-a')
  })

  it('let a plugin import sdk, protocol, media, what it declares, and the hooks of another', () => {
    const source = `
      import { a } from '${ours('sdk')}'
      import b, { type C } from '${ours('media')}'
      import { d } from '${ours('plugin-b')}/hooks'
      import fs from 'node:fs'
      import e from 'fastify/lib/x.js'
      // import { no } from '${ours('core')}'
      const text = "from 'nowhere'"`
    const dependencies = [ours('sdk'), ours('media'), ours('plugin-b'), 'fastify']
    using checkout = new Checkout({ ...pack('plugin-a', source, dependencies), ...pack('plugin-b', '') })
    expect(checkBorders(checkout.root)).toEqual([])
  })
})

describe('Node after an install', () => {
  it('is linked where npm has deleted the link', async () => {
    const own = `node_modules/node-${process.platform}-${process.arch}/bin/node`
    const script = readFileSync(join(ROOT, 'scripts/provide-node.mjs'), 'utf8')
    using checkout = new Checkout({ [own]: 'ours', 'node_modules/.bin/vitest': '', 'scripts/provide-node.mjs': script })
    await execa(process.execPath, [join(checkout.root, 'scripts/provide-node.mjs')])
    expect(readFileSync(join(checkout.root, 'node_modules/.bin/node'), 'utf8')).toBe('ours')
    await execa(process.execPath, [join(checkout.root, 'scripts/provide-node.mjs')])
  })
})

describe('error codes', () => {
  it('are compared both ways', () => {
    using checkout = new Checkout({
      ...pack('core', `throw fail({ code: x ? 'LP_ONE' : 'LP_TWO' })\n// 'LP_COMMENT'\nconst hint = 'set LP_VARIABLE'`),
      'docs/errors.md': '| code | meaning |\n| --- | --- |\n| `LP_ONE` | one |\n| `LP_GONE` | gone |\n',
    })
    expect(checkErrors(checkout.root)).toEqual({ undocumented: ['LP_TWO'], stale: ['LP_GONE'] })
  })
})
