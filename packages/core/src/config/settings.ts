import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { NodeConfig } from '@livepeer-node/sdk'
import type { ConfigFile } from './config-file.ts'
import { settingInvalid } from './errors.ts'
import { nodeSettings } from './node-config-schema.ts'
import type { Override, Overrides, SettingName } from './overrides.ts'
import { readText } from './schema.ts'
import type { ConfigValue } from './values.ts'

/** The settings of the node itself, complete. */
export interface NodeSettings {
  /** Absolute. */
  readonly dataDir: string
  readonly logLevel: NonNullable<NodeConfig['logLevel']>
  /** ms. */
  readonly drainTimeoutMs: number
}

const settingDefaults: NodeSettings = {
  dataDir: join(homedir(), '.livepeer-node'),
  logLevel: 'info',
  drainTimeoutMs: 30_000,
}

/** The node's own settings: flag, variable, file, default. */
export function resolveSettings(
  file: ConfigFile | undefined,
  overrides: Overrides,
  place: { cwd: string; origin: string },
) {
  const pick = <K extends SettingName>(key: K): { value: NodeSettings[K]; origin: string } => {
    const override = overrides.settings.get(key)
    if (override) return { value: checkSetting(key, override), origin: override.origin }
    const inFile = file?.config[key]
    if (inFile !== undefined) return { value: inFile as NodeSettings[K], origin: place.origin }
    return { value: settingDefaults[key], origin: 'default' }
  }
  const dataDir = pick('dataDir')
  const fromFile = dataDir.origin === place.origin && file
  const picked = {
    dataDir: { ...dataDir, value: resolve(fromFile ? file.folder : place.cwd, dataDir.value) },
    logLevel: pick('logLevel'),
    drainTimeoutMs: pick('drainTimeoutMs'),
  }
  const settings: NodeSettings = {
    dataDir: picked.dataDir.value,
    logLevel: picked.logLevel.value,
    drainTimeoutMs: picked.drainTimeoutMs.value,
  }
  const values = Object.entries(picked).map(
    ([path, { value, origin }]): ConfigValue => ({ plugin: undefined, path, value, origin, secret: false }),
  )
  return { settings, values }
}

function checkSetting<K extends SettingName>(key: K, { text, origin }: Override): NodeSettings[K] {
  const schema = nodeSettings[key]
  const parsed = schema.safeParse(typeof text === 'string' ? readText(schema, text) : text)
  if (!parsed.success) throw settingInvalid(origin, parsed.error.issues[0]!.message, text)
  return parsed.data as NodeSettings[K]
}
