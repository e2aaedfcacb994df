import type { PluginFactory } from '@livepeer-node/sdk'
import type { z } from 'zod'

type Options = PluginFactory<z.ZodObject>['definition']['options']

/** Depend on the machine. */
const COMPUTED = ['slots']

/** The options of a plugin as the table in its README: name, default, what it is for. */
export function optionsTable(options: Options): string {
  const rows = Object.entries(options.shape).map(([key, schema]) => {
    const { description = '' } = schema as z.ZodType
    const preset = COMPUTED.includes(key) ? 'computed' : defaultOf(schema as z.ZodType)
    return `| \`${key}\` | ${preset} | ${description.replaceAll(/[|<]/g, '\\$&')} |`
  })
  return ['| option | default | what |', '| --- | --- | --- |', ...rows].join('\n')
}

function defaultOf(schema: z.ZodType): string {
  if (!schema.safeParse(undefined).success) return 'required'
  const value: unknown = schema.parse(undefined)
  if (value === undefined || value === '') return 'unset'
  const isText = typeof value === 'string' || typeof value === 'bigint'
  return `\`${isText ? value : JSON.stringify(value)}\``
}
