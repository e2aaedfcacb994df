import { access } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cosmiconfig } from 'cosmiconfig'
import { isLivepeerError, type NodeConfig } from '@livepeer-node/sdk'
import { configEmpty, configInvalid, configNotFound, configUnreadable } from './errors.ts'
import { nodeConfigSchema } from './node-config-schema.ts'

export interface ConfigFile {
  /** Absolute path. */
  readonly path: string
  /** Its folder: plugin names are resolved from here. */
  readonly folder: string
  readonly config: NodeConfig
}

export interface FindOptions {
  /** Where to look first; then upwards to the project's folder (the next package.json). */
  readonly cwd: string
  /** Exactly this file instead of a search; relative to `cwd`. */
  readonly file?: string | undefined
}

const MODULE_NAME = 'livepeer'
const MODULE_EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs']
const DATA_EXTENSIONS = ['json', 'yaml', 'yml']

const searchPlaces = [
  ...[...MODULE_EXTENSIONS, ...DATA_EXTENSIONS].map((extension) => `${MODULE_NAME}.config.${extension}`),
  `.${MODULE_NAME}rc`,
  ...[...MODULE_EXTENSIONS, ...DATA_EXTENSIONS].map((extension) => `.${MODULE_NAME}rc.${extension}`),
  'package.json',
]

/** Loads the node's config file; `undefined` where there is none. Throws `LP_CONFIG_…`. */
export async function findConfigFile({ cwd, file }: FindOptions): Promise<ConfigFile | undefined> {
  const explorer = cosmiconfig(MODULE_NAME, {
    cache: false,
    searchStrategy: 'project',
    ignoreEmptySearchPlaces: false,
    searchPlaces,
    loaders: Object.fromEntries(MODULE_EXTENSIONS.map((extension) => [`.${extension}`, importDefault])),
  })
  try {
    const found = file ? await explorer.load(await existing(resolve(cwd, file))) : await explorer.search(cwd)
    if (!found) {
      if (file) throw configEmpty(file)
      return undefined
    }
    if (found.isEmpty || found.config === undefined) throw configEmpty(relativeTo(cwd, found.filepath))
    const config = check(found.config, relativeTo(cwd, found.filepath))
    return { path: found.filepath, folder: dirname(found.filepath), config }
  } catch (error) {
    if (isLivepeerError(error)) throw error
    throw configUnreadable(relativeTo(cwd, failedFile(error) ?? file ?? 'the config file'), error)
  }
}

/** Native import: types are stripped, nothing is transpiled, and a failure is not tried again by `require`. */
async function importDefault(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown }
  return module.default
}

async function existing(path: string): Promise<string> {
  try {
    await access(path)
    return path
  } catch {
    throw configNotFound(path)
  }
}

function check(value: unknown, file: string): NodeConfig {
  const parsed = nodeConfigSchema.safeParse(value)
  if (!parsed.success) throw configInvalid(file, parsed.error.issues)
  return parsed.data
}

/** cosmiconfig notes on an error which file it was reading. */
function failedFile(error: unknown): string | undefined {
  const path = (error as { filepath?: unknown }).filepath
  return typeof path === 'string' ? path : undefined
}

export function relativeTo(cwd: string, path: string): string {
  const short = relative(cwd, path)
  return short.startsWith('..') || short === '' ? path : short
}
