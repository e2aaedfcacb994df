import { z } from 'zod'

/** Where a secret comes from: the text itself, a file's path, or `{ env: 'NAME' }`. */
export type SecretRef = string | { readonly env: string }

/** In a config file: the secret in this environment variable. */
export function secret(env: string): SecretRef {
  return { env }
}

/** The mark by which tools know an option to mask. */
export const SECRET_MARK = 'secret'

/** An option that holds a secret; resolve it with `node.secret(value)`. Shown as `***` everywhere. */
export function secretOption(): z.ZodType<SecretRef, SecretRef> {
  return z.union([z.string().min(1), z.strictObject({ env: z.string().min(1) })]).meta({ [SECRET_MARK]: true })
}
