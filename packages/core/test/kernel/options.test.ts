import { definePlugin, secretOption } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseOptions } from '../../src/kernel/options.ts'

const schema = z
  .strictObject({
    port: z.number().int().min(0).max(65_535).default(1935),
    devices: z.array(z.number().int().nonnegative()).optional(),
    listeners: z.array(z.strictObject({ host: z.string(), tls: z.boolean().optional() })).default([]),
    pixelFormat: z.enum(['yuv420p', 'nv12']).default('yuv420p'),
    size: z.union([z.string(), z.number()]).optional(),
    orchSecret: secretOption().describe('shared by orchestrator and transcoder').optional(),
    badge: z.union([z.number(), secretOption().refine((ref) => ref === 'right')]).optional(),
    url: z
      .string()
      .refine(async (url) => url.startsWith('rtmp:'), { message: 'not an RTMP address' })
      .optional(),
    keys: z.record(z.string(), secretOption()).default({}),
    window: z.preprocess((value) => value, z.strictObject({ seconds: z.number() })).optional(),
  })
  .refine(({ port }) => port !== 13, { message: 'port 13 is unlucky' })

const make = (name: string, rawOptions: unknown) => ({
  ...definePlugin({ name, kernel: '*', options: schema, apply() {} })(),
  rawOptions,
})

const problemsOf = async (rawOptions: unknown) => (await parseOptions([make('@x/plugin-rtmp', rawOptions)])).problems

it('gives each plugin its parsed options, defaults filled in', async () => {
  const one = make('one', { port: 0 })
  const two = make('two', {})
  const { values, problems } = await parseOptions([one, two])
  expect(problems).toEqual([])
  expect(values.get(one)).toEqual({ port: 0, listeners: [], pixelFormat: 'yuv420p', keys: {} })
  expect(values.get(two)).toMatchObject({ port: 1935 })
})

it('tells every wrong value of every plugin, with its path', async () => {
  const { values, problems } = await parseOptions([
    make('@livepeer-node/plugin-nvenc', { devices: [0, '0', -1] }),
    make('fine', {}),
    make('livepeer-plugin-rtmp', { prot: 1935, listeners: [{ tls: 'yes' }], pixelFormat: 'rgb' }),
  ])
  expect(values.size).toBe(1)
  expect(problems.map(({ message }) => message)).toEqual([
    'plugins.nvenc.devices[1]: expected number, got "0".',
    'plugins.nvenc.devices[2]: Too small: expected number to be >=0, got -1.',
    'plugins.rtmp.listeners[0].host: missing, expected string.',
    'plugins.rtmp.listeners[0].tls: expected boolean, got "yes".',
    'plugins.rtmp.pixelFormat: expected one of "yuv420p"|"nv12", got "rgb".',
    'plugins.rtmp.prot: unknown option.',
  ])
  expect(problems[0]).toMatchObject({
    code: 'LP_PLUGIN_OPTIONS',
    kind: 'config',
    plugin: '@livepeer-node/plugin-nvenc',
    observed: '"0"',
  })
})

describe('unknown options', () => {
  it.each([
    [{ prot: 1 }, 'Did you mean "port"?'],
    [{ PORT: 1 }, 'Did you mean "port"?'],
    [{ orchsecret: 'x' }, 'Did you mean "orchSecret"?'],
    [{ pixel_format: 'nv12' }, 'Did you mean "pixelFormat"?'],
    [{ listeners: [{ host: 'h', tsl: true }] }, 'Did you mean "tls"?'],
    [{ window: { seconds: 1, second: 1 } }, 'Did you mean "seconds"?'],
  ])('%o: %s', async (options, remedy) => {
    expect(await problemsOf(options)).toMatchObject([{ remedy }])
  })

  it('guesses nothing where nothing is near', async () => {
    expect((await problemsOf({ bananas: 1 }))[0]?.remedy).not.toContain('Did you mean')
  })
})

it.each([
  [{ size: true }, 'plugins.rtmp.size: expected string, or expected number, got true.'],
  [{ url: 'http:' }, 'plugins.rtmp.url: not an RTMP address, got "http:".'],
  [{ port: 13 }, 'plugins.rtmp: port 13 is unlucky, got an object.'],
  ['rtmp', 'plugins.rtmp: expected object, got "rtmp".'],
  [{ listeners: 'x'.repeat(200) }, `plugins.rtmp.listeners: expected array, got "${'x'.repeat(80)}…".`],
])('says what is wrong with %o', async (options, message) => {
  expect(await problemsOf(options)).toMatchObject([{ message }])
})

it.each([
  { orchSecret: { env: 'X', text: 'hunter2' } },
  { orchSecret: ['hunter2'] },
  { keys: { main: ['hunter2'] } },
  { badge: 'hunter2' },
  { port: 13, orchSecret: 'hunter2' },
])('prints no secret of %o', async (options) => {
  const problems = await problemsOf(options)
  expect(problems).not.toEqual([])
  expect(JSON.stringify(problems)).not.toContain('hunter2')
})
