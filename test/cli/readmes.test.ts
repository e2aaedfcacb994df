import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PluginFactory } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { optionsTable } from './option-table.ts'

const PACKAGES = join(import.meta.dirname, '../../packages')
const names = readdirSync(PACKAGES)
const readme = (name: string): string => readFileSync(join(PACKAGES, name, 'README.md'), 'utf8')

describe('the README of a package', () => {
  it.each(names)('%s: is there and short', (name) => {
    const lines = readme(name).split('\n')
    expect(lines[0]).toBe(`# @livepeer-node/${name}`)
    expect(lines.length).toBeLessThan(50)
  })

  it.each(names.filter((name) => name.startsWith('plugin-')))('%s: lists its options as they are', async (name) => {
    const { default: plugin } = (await import(`@livepeer-node/${name}`)) as { default: PluginFactory<z.ZodObject> }
    expect(readme(name)).toContain(optionsTable(plugin.definition.options))
  })
})
