import { SECRET_MARK } from '@livepeer-node/sdk'
import { z } from 'zod'

/** The part of a zod schema's inside that is read here; the same in every copy of zod 4. */
interface Definition {
  readonly type: string
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
  readonly element?: z.ZodType
  readonly valueType?: z.ZodType
  readonly options?: readonly z.ZodType[]
  readonly shape?: Readonly<Record<string, z.ZodType>>
}

/** The schema of one key of a plugin's options. */
export function keySchema(options: z.ZodObject, key: string): z.ZodType | undefined {
  return Object.hasOwn(options.shape, key) ? (options.shape[key] as z.ZodType) : undefined
}

/** Marked by `secretOption()`, or a wrapper (optional, default, …) of one that is, or a choice that one is among. */
export function isSecret(schema: z.ZodType): boolean {
  if (schema.meta()?.[SECRET_MARK] === true) return true
  const { innerType, in: input, options = [] } = definitionOf(schema)
  return [innerType, input, ...options].some((inner) => inner !== undefined && isSecret(inner))
}

/** The schema below an object's key or a list's index; `undefined` where the schema does not say. */
export function childSchema(schema: z.ZodType, key: string): z.ZodType | undefined {
  const { shape, element, valueType, options, innerType, in: input } = definitionOf(schema)
  const inner = innerType ?? input
  if (shape) return shape[key]
  if (element) return element
  if (valueType) return valueType
  if (inner) return childSchema(inner, key)
  return options?.map((option) => childSchema(option, key)).find((found) => found !== undefined)
}

/**
 * What a text from the command line or the environment means for this schema. Where nothing fits, a number is one all the
 * same: that it is too small says more than that it is a text.
 */
export function readText(schema: z.ZodType, text: string): unknown {
  const json = jsonReading(text)
  const readings = [text, ...json, text.split(',').map((part) => part.trim())]
  const number = json.find((reading) => typeof reading === 'number')
  return readings.find((reading) => accepts(schema, reading)) ?? number ?? text
}

function accepts(schema: z.ZodType, value: unknown): boolean {
  try {
    return schema.safeParse(value).success
  } catch {
    // An asynchronous check cannot be asked here: the kernel asks it.
    return false
  }
}

function jsonReading(text: string): unknown[] {
  try {
    return [JSON.parse(text)]
  } catch {
    return [] // no JSON: another reading may fit
  }
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def
}
