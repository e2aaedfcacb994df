import { describe, expect, it } from 'vitest'
import { Project, pluginSource } from './fixture.ts'

const file = `
  import mine from 'mine'
  import other from 'other'
  import shared from 'shared'
  export default { plugins: [shared({ a: 'file', b: 'file' }), mine({ x: 1 }), other()] }`

function project(config: string): Project {
  const made = new Project()
  made.install('shared', pluginSource('shared'))
  made.install('mine', pluginSource('mine', { roles: ['broadcaster'] }))
  made.install('other', pluginSource('other', { roles: ['transcoder'] }))
  made.install('base', pluginSource('base'))
  made.write('livepeer.config.mjs', config)
  return made
}

const presetOf = ({ folder }: Project) => ({
  name: 'broadcaster',
  folder,
  plugins: ['base', ['shared', { a: 'preset', c: 'preset' }]] as const,
})

describe('which plugins a command loads', () => {
  it('start: what the file lists, as it lists it', async () => {
    using made = project(file)
    const { plugins } = await made.load({ preset: presetOf(made) })
    expect(plugins.map(({ definition }) => definition.name)).toEqual(['shared', 'mine', 'other'])
  })

  it('start without a file: the preset', async () => {
    using made = project(file)
    using empty = new Project()
    const { plugins, file: found } = await empty.load({ preset: presetOf(made) })
    expect(found).toBeUndefined()
    expect(plugins.map(({ definition }) => definition.name)).toEqual(['base', 'shared'])
  })

  it('a role: its preset with the file’s options over its own, then what names the role', async () => {
    using made = project(file)
    const { plugins, values } = await made.load({ role: 'broadcaster', preset: presetOf(made) })
    expect(plugins.map(({ definition, rawOptions }) => [definition.name, rawOptions])).toEqual([
      ['base', {}],
      ['shared', { a: 'file', b: 'file', c: 'preset' }],
      ['mine', { x: 1 }],
    ])
    const origins = values.filter(({ plugin }) => plugin === 'shared').map(({ path, origin }) => [path, origin])
    expect(origins).toEqual([
      ['a', 'file livepeer.config.mjs'],
      ['c', 'preset broadcaster'],
      ['b', 'file livepeer.config.mjs'],
    ])
  })

  it('what a flag adds comes last, unless it is listed', async () => {
    using made = project(file)
    made.install('extra', pluginSource('extra'))
    const also = ['extra', ['shared', { a: 'flag' }]] as const
    const { plugins } = await made.load({ preset: presetOf(made), also })
    expect(plugins.map(({ definition, rawOptions }) => [definition.name, rawOptions])).toEqual([
      ['shared', { a: 'file', b: 'file' }],
      ['mine', { x: 1 }],
      ['other', {}],
      ['extra', {}],
    ])
  })

  it('a role that the file composes itself: exactly that', async () => {
    using made = project(`export default { plugins: ['shared'], roles: { broadcaster: ['other', 'base'] } }`)
    const { plugins } = await made.load({ role: 'broadcaster', preset: presetOf(made) })
    expect(plugins.map(({ definition }) => definition.name)).toEqual(['other', 'base'])
    const asOther = await made.load({ role: 'orchestrator', preset: presetOf(made) })
    expect(asOther.plugins.map(({ definition }) => definition.name)).toEqual(['base', 'shared'])
  })

  it('without those that the command leaves out', async () => {
    using made = project(file)
    const { plugins } = await made.load({ preset: presetOf(made), without: ['mine'] })
    expect(plugins.map(({ definition }) => definition.name)).toEqual(['shared', 'other'])
  })
})
