import type { Plugin } from '@livepeer-node/sdk'
import { KERNEL_VERSION } from '@livepeer-node/sdk'
import { pluginFor } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { checkRequirements } from '../../src/kernel/requirements.ts'

interface Needs {
  readonly provides?: readonly string[]
  readonly requires?: readonly string[]
  readonly kernel?: string
}

const plugin = (name: string, needs: Needs = {}) => pluginFor(name, () => {}, needs)

function check(...plugins: readonly Plugin[]) {
  const { ordered, problems } = checkRequirements(plugins)
  return { names: ordered.map(({ definition }) => definition.name), problems }
}

describe('order', () => {
  it('is the order of the list where nothing is required', () => {
    expect(check(plugin('c'), plugin('a'), plugin('b'))).toEqual({ names: ['c', 'a', 'b'], problems: [] })
  })

  it('puts what is required first, and moves nothing else', () => {
    const { names, problems } = check(
      plugin('first'),
      plugin('broker', { requires: ['chain'], provides: ['payment'] }),
      plugin('middle'),
      plugin('store', { provides: ['store'] }),
      plugin('chain', { requires: ['store'], provides: ['chain'] }),
      plugin('last', { requires: ['payment', 'store'] }),
    )
    expect(names).toEqual(['first', 'store', 'chain', 'broker', 'middle', 'last'])
    expect(problems).toEqual([])
  })

  it('puts every provider of a capability first', () => {
    const { names } = check(
      plugin('transcoder', { requires: ['backend'] }),
      plugin('nvenc', { provides: ['backend'] }),
      plugin('x264', { provides: ['backend'] }),
    )
    expect(names).toEqual(['nvenc', 'x264', 'transcoder'])
  })
})

describe('problems', () => {
  it('a name that is listed twice, told once', () => {
    expect(check(plugin('a'), plugin('b'), plugin('a'), plugin('a')).problems).toMatchObject([
      { code: 'LP_PLUGIN_DUPLICATE', kind: 'config', plugin: 'a' },
    ])
  })

  it('a capability that nobody else provides', () => {
    const { problems } = check(plugin('a', { requires: ['chain', 'self'], provides: ['self'] }))
    expect(problems).toMatchObject([
      { code: 'LP_PLUGIN_REQUIRES', plugin: 'a', observed: 'chain' },
      { code: 'LP_PLUGIN_REQUIRES', plugin: 'a', observed: 'self' },
    ])
  })

  it.each(['^99.0.0', `<${KERNEL_VERSION}`, 'not a range'])('kernel range %s', (kernel) => {
    expect(check(plugin('a', { kernel })).problems).toMatchObject([
      { code: 'LP_PLUGIN_KERNEL', plugin: 'a', observed: KERNEL_VERSION, limit: kernel },
    ])
  })

  it.each([`^${KERNEL_VERSION}`, '*', KERNEL_VERSION])('none for kernel range %s', (kernel) => {
    expect(check(plugin('a', { kernel })).problems).toEqual([])
  })

  it('a circle, with its way', () => {
    const { problems } = check(
      plugin('a', { requires: ['b'], provides: ['a'] }),
      plugin('b', { requires: ['c'], provides: ['b'] }),
      plugin('c', { requires: ['a'], provides: ['c'] }),
    )
    expect(problems).toMatchObject([{ code: 'LP_PLUGIN_CYCLE', observed: ['a', 'b', 'c', 'a'] }])
  })
})
