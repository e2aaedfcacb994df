import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Project, pluginSource } from './fixture.ts'

const body = "{ logLevel: 'debug', plugins: [] }"
const json = '{ "logLevel": "debug", "plugins": [] }'
const yaml = 'logLevel: debug\nplugins: []\n'

describe('a config file is found as', () => {
  it.each([
    ['livepeer.config.ts', `const level: string = 'debug'\nexport default { logLevel: level, plugins: [] }`],
    ['livepeer.config.mts', `export default ${body} as const`],
    ['livepeer.config.js', `export default ${body}`],
    ['livepeer.config.mjs', `export default ${body}`],
    ['livepeer.config.cjs', `module.exports = ${body}`],
    ['livepeer.config.json', json],
    ['livepeer.config.yaml', yaml],
    ['livepeer.config.yml', yaml],
    ['.livepeerrc', yaml],
    ['.livepeerrc.json', json],
    ['.livepeerrc.yaml', yaml],
    ['.livepeerrc.ts', `export default ${body}`],
    ['package.json', `{ "name": "x", "livepeer": ${json} }`],
  ])('%s', async (name, content) => {
    using project = new Project()
    if (name !== 'package.json') project.write('package.json', '{ "type": "module" }')
    const file = project.write(name, content)
    const loaded = await project.load()
    expect(loaded.file).toBe(file)
    expect(loaded.settings.logLevel).toBe('debug')
  })

  it('the one of the project, from a folder inside it', async () => {
    using project = new Project()
    project.write('package.json', '{}')
    const file = project.write('livepeer.config.json', json)
    const cwd = join(project.folder, 'a/b')
    mkdirSync(cwd, { recursive: true })
    expect((await project.load({ cwd })).file).toBe(file)
  })

  it('the file that is named, and no other', async () => {
    using project = new Project()
    project.write('livepeer.config.json', 'not even JSON')
    const file = project.write('other.json', json)
    expect((await project.load({ file: 'other.json' })).file).toBe(file)
  })

  it('nothing, where there is none', async () => {
    using project = new Project()
    project.write('package.json', '{ "name": "unrelated" }')
    expect((await project.load()).file).toBeUndefined()
  })
})

describe('a config file is refused', () => {
  it('when the named one does not exist', async () => {
    using project = new Project()
    await expect(project.load({ file: 'no.ts' })).rejects.toMatchObject({
      code: 'LP_CONFIG_NOT_FOUND',
      observed: join(project.folder, 'no.ts'),
    })
  })

  it.each([
    ['livepeer.config.ts', 'export default { plugins: [ }', 'livepeer.config.ts:1'],
    ['livepeer.config.json', '{ "plugins": [ }', 'livepeer.config.json'],
    ['livepeer.config.yaml', 'plugins: [', 'livepeer.config.yaml'],
    ['livepeer.config.js', `throw new Error('no such city')`, 'no such city'],
    ['livepeer.config.js', `import 'not-there'\nexport default {}`, 'not-there'],
  ])('when %s holds %j', async (name, content, place) => {
    using project = new Project()
    project.write('package.json', '{ "type": "module" }')
    project.write(name, content)
    await expect(project.load()).rejects.toMatchObject({
      code: 'LP_CONFIG_UNREADABLE',
      kind: 'config',
      message: expect.stringContaining(place),
    })
  })

  it.each([
    ['livepeer.config.yaml', ''],
    ['livepeer.config.mjs', 'export const plugins = []'],
  ])('when %s holds nothing', async (name, content) => {
    using project = new Project()
    project.write(name, content)
    await expect(project.load()).rejects.toMatchObject({ code: 'LP_CONFIG_EMPTY', observed: name })
  })

  it('with every wrong value and its path', async () => {
    using project = new Project()
    project.install('plug', pluginSource('plug'))
    project.write(
      'livepeer.config.mjs',
      `import plug from 'plug'
       export default { logLevel: 'loud', drainTimeoutMs: -1, plugin: [], plugins: [plug, 7, ['x']], roles: { redeemer: [] } }`,
    )
    const error = await project.load().catch((thrown: unknown) => thrown as Error & { observed: string[] })
    expect(error).toMatchObject({ code: 'LP_CONFIG_INVALID' })
    const { message } = error as Error
    for (const part of [
      'logLevel',
      'drainTimeoutMs',
      '"plugin"',
      'plugins.1',
      'plugins.2',
      'redeemer',
      'plug is listed without being called',
    ]) {
      expect(message).toContain(part)
    }
  })
})

describe('plugins by name', () => {
  it('are resolved from the file’s folder, with and without options', async () => {
    using project = new Project()
    project.install('livepeer-plugin-a', pluginSource('a'))
    project.install('@x/b', pluginSource('b', { asValue: true }), { import: './index.js' })
    project.write('own/c.js', pluginSource('c'))
    project.write('package.json', '{ "type": "module" }')
    project.write(
      'livepeer.config.json',
      '{ "plugins": ["livepeer-plugin-a", ["@x/b", { "own": 1 }], ["./own/c.js", { "c": 2 }]] }',
    )
    const { plugins } = await project.load({ cwd: project.folder })
    expect(plugins.map(({ definition, rawOptions }) => [definition.name, rawOptions])).toEqual([
      ['a', {}],
      ['b', { from: 'package', own: 1 }],
      ['c', { c: 2 }],
    ])
  })

  it('that are not installed say how to install them', async () => {
    using project = new Project()
    project.write('livepeer.config.json', '{ "plugins": ["livepeer-plugin-nowhere"] }')
    await expect(project.load()).rejects.toMatchObject({
      code: 'LP_PLUGIN_NOT_INSTALLED',
      observed: 'livepeer-plugin-nowhere',
      remedy: 'npm install livepeer-plugin-nowhere',
      message: expect.stringContaining(project.folder),
    })
  })

  it.each([['export const plugin = 1'], ['export default () => ({})'], ['export default { definition: {} }']])(
    'that hold %j are refused',
    async (source) => {
      using project = new Project()
      project.install('odd', source)
      project.write('livepeer.config.json', '{ "plugins": ["odd"] }')
      await expect(project.load()).rejects.toMatchObject({
        code: 'LP_NOT_A_PLUGIN',
        message: expect.stringContaining('odd'),
        limit: expect.stringContaining('definePlugin'),
      })
    },
  )

  it('that are found and fail while they are loaded say so', async () => {
    using project = new Project()
    project.install('odd', `import 'dependency-that-is-missing'`)
    project.write('livepeer.config.json', '{ "plugins": ["odd"] }')
    await expect(project.load()).rejects.toMatchObject({
      code: 'LP_PLUGIN_UNLOADABLE',
      observed: 'odd',
      message: expect.stringContaining('dependency-that-is-missing'),
    })
  })
})
