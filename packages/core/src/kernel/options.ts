import { LivepeerError, type Plugin, SECRET_MARK } from '@livepeer-node/sdk'
import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { MASK } from '../logging/mask.ts'
import { shortName } from './errors.ts'

/** They hold one schema and change what happens around it. */
const WRAPPERS = [z.ZodOptional, z.ZodNullable, z.ZodDefault, z.ZodPrefault, z.ZodReadonly, z.ZodCatch]

export interface ParsedOptions {
  /** What each plugin's `apply` is given. */
  readonly values: ReadonlyMap<Plugin, z.output<z.ZodObject>>
  /** One per wrong value, of all plugins. */
  readonly problems: readonly LivepeerError[]
}

/** Parses the options of all plugins; a wrong one does not hide the next. */
export async function parseOptions(plugins: readonly Plugin[]): Promise<ParsedOptions> {
  const values = new Map<Plugin, z.output<z.ZodObject>>()
  const problems: LivepeerError[] = []
  for (const plugin of plugins) {
    const parsed = await plugin.definition.options.safeParseAsync(plugin.rawOptions)
    if (parsed.success) values.set(plugin, parsed.data)
    else problems.push(...parsed.error.issues.flatMap((issue) => problemsOfIssue(plugin, issue)))
  }
  return { values, problems }
}

function problemsOfIssue(plugin: Plugin, issue: z.core.$ZodIssue): readonly LivepeerError[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownOption(plugin, issue.path, key))
  return [wrongOption(plugin, issue)]
}

function unknownOption({ definition }: Plugin, path: readonly PropertyKey[], key: string): LivepeerError {
  const guess = nearest(key, keysAt(definition.options, path))
  return new LivepeerError({
    code: 'LP_PLUGIN_OPTIONS',
    kind: 'config',
    message: `${pathText(definition.name, [...path, key])}: unknown option.`,
    remedy: guess ? `Did you mean "${guess}"?` : 'Remove it; `livepeer plugins` lists what there is.',
    plugin: definition.name,
  })
}

function wrongOption({ definition, rawOptions }: Plugin, issue: z.core.$ZodIssue): LivepeerError {
  const value = valueAt(rawOptions, issue.path)
  const shown = isSecretAt(definition.options, issue.path) ? MASK : show(value)
  return new LivepeerError({
    code: 'LP_PLUGIN_OPTIONS',
    kind: 'config',
    message: `${pathText(definition.name, issue.path)}: ${expectation(issue, value)}${value === undefined ? '' : `, got ${shown}`}.`,
    remedy: 'Correct this option.',
    ...(value !== undefined && { observed: shown }),
    plugin: definition.name,
  })
}

function expectation(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.code === 'invalid_type') return `${value === undefined ? 'missing, ' : ''}expected ${issue.expected}`
  if (issue.code === 'invalid_union') {
    const [branch, ...others] = issue.errors.map((issues) => issues.map((one) => expectation(one, value)).join(' and '))
    return branch === undefined ? 'is not one of the allowed forms' : [branch, ...others].join(', or ')
  }
  return issue.message.replace(/^Invalid (input|option): /, '').replace(/\.$/, '')
}

/** One short line. What is inside of lists and objects is left out: it may hold secrets. */
function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'a list' : 'an object'
}

/** `plugins.rtmp.listeners[0].port` */
function pathText(plugin: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return `plugins.${shortName(plugin)}${steps.join('')}`
}

function nearest(key: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const guess = closest(
    key.toLowerCase(),
    known.map((name) => name.toLowerCase()),
  )
  const name = known.find((candidate) => candidate.toLowerCase() === guess)
  return distance(key.toLowerCase(), guess) <= Math.max(2, key.length / 3) ? name : undefined
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  )
}

function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const at = schemasAlong(schema, path).at(-1)
  return at instanceof z.ZodObject ? Object.keys(at.shape) : []
}

/** True where the value, or something that holds it, is marked as a secret. */
function isSecretAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): boolean {
  return schemasAlong(schema, path).some(isSecret)
}

function isSecret(schema: z.core.$ZodType): boolean {
  if (schema instanceof z.ZodType && schema.meta()?.[SECRET_MARK] === true) return true
  return schema instanceof z.ZodUnion && schema.options.some((option) => unwrapped(option).some(isSecret))
}

/** The schemas that are passed on the way to `path`, wrappers as optional and default included. */
function schemasAlong(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly z.core.$ZodType[] {
  const passed = unwrapped(schema)
  const inner = passed.at(-1)
  const [step, ...rest] = path
  if (step === undefined) return passed
  const next =
    inner instanceof z.ZodObject
      ? inner.shape[String(step)]
      : inner instanceof z.ZodArray
        ? inner.element
        : inner instanceof z.ZodRecord
          ? inner.valueType
          : undefined
  return next ? [...passed, ...schemasAlong(next, rest)] : passed
}

function unwrapped(schema: z.core.$ZodType): readonly z.core.$ZodType[] {
  if (schema instanceof z.ZodPipe) {
    const inner = schema.in instanceof z.ZodTransform ? schema.out : schema.in // z.preprocess() transforms first
    return [schema, ...unwrapped(inner)]
  }
  if (WRAPPERS.some((wrapper) => schema instanceof wrapper)) {
    return [schema, ...unwrapped((schema as z.ZodOptional).unwrap())]
  }
  return [schema]
}
