import type { z } from 'zod'
import { MASK } from '../logging/mask.ts'
import { childSchema, isSecret } from './schema.ts'

/** One value of the node's configuration, as it may be shown. */
export interface ConfigValue {
  /** The plugin's name; `undefined`: a setting of the node itself. */
  readonly plugin: string | undefined
  /** `recordStore.bucket` */
  readonly path: string
  /** `***` for a secret. */
  readonly value: unknown
  /** `flag --x`, `env LP_X`, `file livepeer.config.ts`, `preset orchestrator` or `default`. */
  readonly origin: string
  readonly secret: boolean
}

export interface Leaf {
  readonly path: string
  readonly value: unknown
  readonly secret: boolean
}

/** Takes a value apart down to its texts and numbers, and masks those that the schema marks. */
export function leaves(schema: z.ZodType | undefined, path: string, value: unknown): Leaf[] {
  if (schema && isSecret(schema)) return value === undefined ? [] : [{ path, value: MASK, secret: true }]
  if (!isContainer(value)) return [{ path, value, secret: false }]
  const inside = Object.entries(value).flatMap(([key, child]) =>
    leaves(schema && childSchema(schema, key), `${path}.${key}`, child),
  )
  return inside.length > 0 ? inside : [{ path, value, secret: false }]
}

/** A list or a plain object: no class instance. */
export function isContainer(value: unknown): value is object {
  if (Array.isArray(value)) return true
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** A schema's default for a key that nobody set; `undefined` where it has none. */
export function defaultOf(schema: z.ZodType): unknown {
  try {
    const parsed = schema.safeParse(undefined)
    return parsed.success ? parsed.data : undefined
  } catch {
    // An asynchronous check cannot be asked here: no default to show.
    return undefined
  }
}
