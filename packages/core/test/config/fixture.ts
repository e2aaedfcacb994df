import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { definePlugin, secretOption, type Role } from '@livepeer-node/sdk'
import { z } from 'zod'
import { loadConfig, type LoadConfigRequest, type LoadedConfig } from '../../src/config/load-config.ts'

/** A project folder of an operator, gone at the end of the test. */
export class Project implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'livepeer-config-'))

  write(name: string, content: string): string {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    return file
  }

  /** What `npm install <name>` would leave behind. */
  install(name: string, source: string, exported: unknown = './index.js'): void {
    const folder = join('node_modules', name)
    this.write(join(folder, 'package.json'), JSON.stringify({ name, type: 'module', exports: exported }))
    this.write(join(folder, 'index.js'), source)
  }

  link(target: string, name: string): void {
    const path = join(this.folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path)
  }

  load(request: Partial<LoadConfigRequest> = {}): Promise<LoadedConfig> {
    return loadConfig({ cwd: this.folder, preset: { name: 'test', plugins: [], folder: this.folder }, ...request })
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Source of a package whose default export is a plugin, without a dependency. */
export function pluginSource(name: string, { roles = [] as readonly Role[], asValue = false } = {}): string {
  const definition = `{ name: ${JSON.stringify(name)}, kernel: '^0.1.0', roles: ${JSON.stringify(roles)}, options: { shape: {} }, apply() {} }`
  return asValue
    ? `export default { definition: ${definition}, rawOptions: { from: 'package' } }`
    : `const definition = ${definition}
       export default Object.assign((options) => ({ definition, rawOptions: options ?? {} }), { definition })`
}

/** Plugins with options of every sort. */
export const sender = definePlugin({
  name: '@livepeer-node/plugin-sender',
  kernel: '^0.1.0',
  options: z.strictObject({
    orchAddr: z.union([z.string(), z.array(z.string())]).default('127.0.0.1:8935'),
    maxSessions: z.int().min(1).default(10),
    list: z.array(z.string()).default([]),
    verify: z.boolean().optional(),
    orchSecret: secretOption().optional(),
    keys: z.record(z.string(), secretOption()).default({}),
    nested: z.strictObject({ depth: z.int(), token: secretOption() }).optional(),
  }),
  apply() {},
})

export const receiver = definePlugin({
  name: 'livepeer-plugin-receiver',
  kernel: '^0.1.0',
  options: z.strictObject({
    maxSessions: z.union([z.literal('auto'), z.int()]).default('auto'),
    listenAddr: z.string().optional(),
  }),
  apply() {},
})
