import { homedir } from 'node:os'
import { join } from 'node:path'
import { definePlugin, secret, secretOption, type Plugin } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type LoadConfigRequest, loadSettings } from '../../src/config/load-config.ts'
import { Project, receiver, sender } from './fixture.ts'

async function load(plugins: readonly Plugin[], request: Partial<LoadConfigRequest> = {}) {
  using project = new Project()
  return project.load({ preset: { name: 'test', folder: project.folder, plugins }, ...request })
}

async function maxSessions(flags: Record<string, string>, env: Record<string, string>, file: object) {
  const loaded = await load([sender(file)], { flags, env })
  return loaded.values.find(({ path }) => path === 'maxSessions')
}

describe('precedence', () => {
  it('is flag, variable, file, default', async () => {
    const flags = { maxSessions: '4' }
    const env = { LP_MAX_SESSIONS: '3' }
    const file = { maxSessions: 2 }
    expect(await maxSessions(flags, env, file)).toMatchObject({ value: 4, origin: 'flag --max-sessions' })
    expect(await maxSessions({}, env, file)).toMatchObject({ value: 3, origin: 'env LP_MAX_SESSIONS' })
    expect(await maxSessions({}, {}, file)).toMatchObject({ value: 2, origin: 'preset test' })
    expect(await maxSessions({}, {}, {})).toMatchObject({ value: 10, origin: 'default' })
  })

  it('leaves a number that is refused a number, so that its size is what is wrong with it', async () => {
    const { plugins } = await load([sender({})], { flags: { maxSessions: '-3' } })
    expect(plugins[0]?.rawOptions).toMatchObject({ maxSessions: -3 })
  })

  it('names the file where the value stands in one', async () => {
    using project = new Project()
    project.install(
      'p',
      `export default { definition: { name: 'p', kernel: '*', options: { shape: {} }, apply() {} }, rawOptions: {} }`,
    )
    project.write(
      'livepeer.config.json',
      '{ "plugins": [["p", { "a": { "b": [1] } }]], "logLevel": "warn", "dataDir": "data" }',
    )
    const { values, settings } = await project.load()
    expect(values).toContainEqual({
      plugin: 'p',
      path: 'a.b.0',
      value: 1,
      origin: 'file livepeer.config.json',
      secret: false,
    })
    expect(values).toContainEqual({
      plugin: undefined,
      path: 'logLevel',
      value: 'warn',
      origin: 'file livepeer.config.json',
      secret: false,
    })
    expect(settings.dataDir).toBe(join(project.folder, 'data'))
  })

  it('reaches the plugin that is started, not only the list', async () => {
    const { plugins } = await load([sender({ maxSessions: 2, list: ['a'] })], { env: { LP_MAXSESSIONS: '5' } })
    expect(plugins[0]?.rawOptions).toEqual({ maxSessions: 5, list: ['a'] })
  })
})

async function drainTimeoutMs(flags: Record<string, string>, env: Record<string, string> = {}) {
  return (await load([], { flags, env })).settings.drainTimeoutMs
}

describe('the time to drain', () => {
  it('is ms or a time with a unit, and goes by --grace too', async () => {
    expect(await drainTimeoutMs({ grace: '5m' })).toBe(300_000)
    expect(await drainTimeoutMs({}, { LP_GRACE: '1.5s' })).toBe(1500)
    expect(await drainTimeoutMs({}, { LP_DRAIN_TIMEOUT_MS: '2h' })).toBe(7_200_000)
    expect(await drainTimeoutMs({}, { LP_DRAIN_TIMEOUT_MS: '1500' })).toBe(1500)
    expect(await drainTimeoutMs({})).toBe(30_000)
  })

  it('is refused where its name tells no unit and its value neither: 30 is not 30 ms', async () => {
    const refusal = { code: 'LP_SETTING_INVALID', remedy: 'Write 30s for seconds, 30ms for milliseconds.' }
    await expect(drainTimeoutMs({ grace: '30' })).rejects.toMatchObject(refusal)
    await expect(drainTimeoutMs({}, { LP_GRACE: '30' })).rejects.toMatchObject(refusal)
  })

  it('is refused where it is none', async () => {
    await expect(drainTimeoutMs({ grace: 'soon' })).rejects.toMatchObject({
      code: 'LP_SETTING_INVALID',
      message: expect.stringContaining('flag --grace: expected a time as 30s'),
    })
    await expect(drainTimeoutMs({ grace: '-1' })).rejects.toMatchObject({ code: 'LP_SETTING_INVALID' })
    await expect(drainTimeoutMs({ grace: '900h' })).rejects.toMatchObject({ code: 'LP_SETTING_INVALID' })
  })

  it('is read without the plugins by a command that runs none', async () => {
    using project = new Project()
    project.write('livepeer.config.json', '{ "plugins": ["not-there"], "dataDir": "data" }')
    const settings = await loadSettings({ cwd: project.folder, flags: { grace: '1s' } })
    expect(settings).toMatchObject({ dataDir: join(project.folder, 'data'), drainTimeoutMs: 1000 })
  })
})

describe('flags and variables', () => {
  it('go to every plugin that knows the option', async () => {
    const { plugins } = await load([sender(), receiver()], { flags: { maxSessions: '7' } })
    expect(plugins.map(({ rawOptions }) => rawOptions)).toEqual([{ maxSessions: 7 }, { maxSessions: 7 }])
  })

  it('of one plugin go to that one, and before the general ones', async () => {
    const env = { LP_RECEIVER_MAX_SESSIONS: '3', LP_MAXSESSIONS: '5' }
    const { plugins } = await load([sender(), receiver()], { env })
    expect(plugins.map(({ rawOptions }) => rawOptions)).toEqual([{ maxSessions: 5 }, { maxSessions: 3 }])
  })

  it.each([
    ['orchAddr', 'a:1,b:2', 'a:1,b:2'],
    ['maxSessions', '12', 12],
    ['maxSessions', 'many', 'many'],
    ['list', '["a","b"]', ['a', 'b']],
    ['list', 'a, b', ['a', 'b']],
    ['verify', 'true', true],
    ['verify', 'false', false],
    ['keys', '{"id":"k"}', { id: 'k' }],
  ])('--%s %s is read as the option wants it', async (key, text, expected) => {
    const { plugins } = await load([sender()], { flags: { [key]: text } })
    expect(plugins[0]?.rawOptions).toEqual({ [key]: expected })
  })

  it('may have another name in a preset', async () => {
    using project = new Project()
    const preset = { name: 'o', folder: project.folder, plugins: [receiver()], aliases: { httpAddr: 'listenAddr' } }
    const byFlag = await project.load({ preset, flags: { httpAddr: ':1' } })
    expect(byFlag.plugins[0]?.rawOptions).toEqual({ listenAddr: ':1' })
    const byVariable = await project.load({ preset, env: { LP_HTTPADDR: ':2' } })
    expect(byVariable.plugins[0]?.rawOptions).toEqual({ listenAddr: ':2' })
  })

  it('that nobody knows: a flag is refused, a variable is warned of once with what was meant', async () => {
    await expect(load([receiver()], { flags: { orchAddr: 'x' } })).rejects.toMatchObject({
      code: 'LP_FLAG_UNUSED',
      observed: 'orch-addr',
    })
    const env = { LP_ORCH_ADR: 'x', LP_OTHER: 'y', LP_CONFIG: 'z', LP_EMPTY: '', PATH: '/bin' }
    const { warnings } = await load([sender()], { env, knownEnv: ['LP_CONFIG'] })
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('did you mean LP_ORCH_ADDR?')
    expect(warnings[1]).toContain('LP_OTHER')
  })

  it('do not warn of a variable that an option refers to', async () => {
    const { warnings } = await load([sender({ keys: { id: secret('LP_KEY_OF_ID') } })], { env: { LP_KEY_OF_ID: 'k' } })
    expect(warnings).toEqual([])
  })
})

describe('settings of the node', () => {
  it('have defaults, and take flags and variables', async () => {
    const defaults = await load([])
    expect(defaults.settings).toEqual({
      dataDir: join(homedir(), '.livepeer-node'),
      logLevel: 'info',
      drainTimeoutMs: 30_000,
    })
    const set = await load([], {
      cwd: '/tmp',
      flags: { dataDir: 'x' },
      env: { LP_LOGLEVEL: 'warn', LP_DRAIN_TIMEOUT_MS: '5' },
    })
    expect(set.settings).toEqual({ dataDir: '/tmp/x', logLevel: 'warn', drainTimeoutMs: 5 })
  })

  it('are refused with their origin', async () => {
    await expect(load([], { env: { LP_DRAIN_TIMEOUT_MS: 'soon' } })).rejects.toMatchObject({
      code: 'LP_SETTING_INVALID',
      message: expect.stringContaining('env LP_DRAIN_TIMEOUT_MS'),
      observed: 'soon',
    })
  })
})

describe('secrets', () => {
  it('are masked wherever the schema marks them, from wherever they come', async () => {
    const options = { keys: { id: 'hush-1' }, nested: { depth: 2, token: 'hush-2' } }
    const { values, plugins } = await load([sender(options)], { flags: { orchSecret: 'hush-3' } })
    expect(JSON.stringify(values)).not.toContain('hush')
    const masked = values.filter(({ secret: isMasked }) => isMasked).map(({ path, value }) => [path, value])
    expect(masked).toEqual([
      ['orchSecret', '***'],
      ['keys.id', '***'],
      ['nested.token', '***'],
    ])
    expect(values).toContainEqual(expect.objectContaining({ path: 'nested.depth', value: 2, secret: false }))
    expect(JSON.stringify(plugins.map(({ rawOptions }) => rawOptions))).toContain('hush-3')
  })

  it('are masked where they are one of several forms, as { off } or a secret', async () => {
    const webhook = definePlugin({
      name: 'livepeer-plugin-webhook',
      kernel: '^0.1.0',
      options: z.strictObject({
        token: z.union([z.literal(false), secretOption()]),
        hooks: z.array(z.union([z.string(), z.strictObject({ url: z.string(), key: secretOption() })])),
      }),
      apply() {},
    })
    const options = { token: 'hush-1', hooks: [{ url: 'http://127.0.0.1', key: 'hush-2' }] }
    const { values } = await load([webhook(options)])
    expect(JSON.stringify(values)).not.toContain('hush')
    expect(values).toContainEqual(expect.objectContaining({ path: 'hooks.0.url', value: 'http://127.0.0.1' }))
  })
})
