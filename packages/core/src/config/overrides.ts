import { distance } from 'fastest-levenshtein'
import type { Plugin } from '@livepeer-node/sdk'
import { flagUnused, timeWithoutUnit } from './errors.ts'
import { shortName } from '../kernel/errors.ts'
import { nodeSettings } from './node-config-schema.ts'

/** A value from outside the file, for one option. */
export interface Override {
  readonly text: string | boolean
  /** `flag --x` or `env LP_X`. */
  readonly origin: string
}

/** By plugin name, then by option. */
export type PluginOverrides = ReadonlyMap<string, ReadonlyMap<string, Override>>

export interface OverrideSources {
  readonly plugins: readonly Plugin[]
  /** By the option's name, as `orchAddr`. Set ones only. */
  readonly flags: Readonly<Record<string, string | boolean>>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Variables that the config file or the command reads by itself, and so are no mistakes. */
  readonly knownEnv: ReadonlySet<string>
  /** Options that flags and variables call otherwise. */
  readonly aliases: Readonly<Record<string, string>>
}

export interface Overrides {
  readonly plugins: PluginOverrides
  readonly settings: ReadonlyMap<SettingName, Override>
  /** One line per variable that looks like ours and means nothing. */
  readonly warnings: readonly string[]
}

export type SettingName = keyof typeof nodeSettings

const ENV_PREFIX = 'LP_'
/** What flags and variables may also call a setting: `--grace`, `LP_GRACE`. Times, all of them, in a unit that the value names. */
const SETTING_ALIASES: Readonly<Record<string, SettingName>> = { grace: 'drainTimeoutMs' }

const BARE_NUMBER = /^\s*\d+(\.\d+)?\s*$/

/** Matches flags and environment against the options of the node's plugins. Flags go before variables. */
export function findOverrides({ plugins, flags, env, knownEnv, aliases }: OverrideSources): Overrides {
  const found = new Found(plugins)
  const variables = Object.entries(env).flatMap(([name, text]) => (isOurs(name) && text ? [{ name, text }] : []))
  const unknown = new Set(variables.map(({ name }) => name).filter((name) => !knownEnv.has(name)))
  for (const targetsOfVariable of [sharedTargets, ownTargets]) {
    for (const { name, text } of variables) {
      const wanted = unaliased(plain(name.slice(ENV_PREFIX.length)), aliases)
      if (found.add(targetsOfVariable(plugins, wanted), { text, origin: `env ${name}` })) unknown.delete(name)
    }
  }
  const warnings = [...unknown].map((name) => unknownVariable(name, plugins))
  for (const [key, text] of Object.entries(flags)) {
    const targets = sharedTargets(plugins, unaliased(plain(key), aliases))
    if (!found.add(targets, { text, origin: `flag --${kebab(key)}` })) throw flagUnused(kebab(key), key)
  }
  return { plugins: found.plugins, settings: found.settings, warnings }
}

/** Where a value goes: an option of a plugin, or a setting of the node (`plugin` undefined). */
interface Target {
  readonly plugin: string | undefined
  readonly key: string
  /** Its name says nothing of ms, so a bare number would be read as seconds by some. */
  readonly needsUnit?: boolean
}

class Found {
  readonly plugins = new Map<string, Map<string, Override>>()
  readonly settings = new Map<SettingName, Override>()

  constructor(plugins: readonly Plugin[]) {
    for (const { definition } of plugins) this.plugins.set(definition.name, new Map())
  }

  add(targets: readonly Target[], override: Override): boolean {
    for (const { plugin, key, needsUnit } of targets) {
      if (needsUnit && BARE_NUMBER.test(String(override.text))) throw timeWithoutUnit(override.origin, override.text)
      if (plugin === undefined) this.settings.set(key as SettingName, override)
      else this.plugins.get(plugin)?.set(key, override)
    }
    return targets.length > 0
  }
}

/** A name meant for all plugins that know the option: `LP_RTMP_ADDR`, or `LP_RTMPADDR` as go-livepeer has it. */
function sharedTargets(plugins: readonly Plugin[], wanted: string): Target[] {
  const settings = Object.keys(nodeSettings)
    .filter((key) => plain(key) === wanted || SETTING_ALIASES[wanted] === key)
    .map((key) => ({ plugin: undefined, key, needsUnit: plain(key) !== wanted }))
  return [...settings, ...optionsThat(plugins, (_, key) => plain(key) === wanted)]
}

/** A variable meant for one plugin, which goes before the other kind: `LP_RTMP_IDLE_TIMEOUT_MS`. */
function ownTargets(plugins: readonly Plugin[], wanted: string): Target[] {
  return optionsThat(plugins, (plugin, key) => plain(shortName(plugin) + key) === wanted)
}

function optionsThat(plugins: readonly Plugin[], matches: (plugin: string, key: string) => boolean): Target[] {
  return plugins.flatMap(({ definition: { name, options } }) =>
    Object.keys(options.shape)
      .filter((key) => matches(name, key))
      .map((key) => ({ plugin: name, key })),
  )
}

function unaliased(wanted: string, aliases: Readonly<Record<string, string>>): string {
  const alias = Object.keys(aliases).find((name) => plain(name) === wanted)
  return plain((alias && aliases[alias]) ?? wanted)
}

function unknownVariable(name: string, plugins: readonly Plugin[]): string {
  const wanted = plain(name.slice(ENV_PREFIX.length))
  const keys = plugins.flatMap(({ definition }) => Object.keys(definition.options.shape))
  const [nearest] = [...new Set([...keys, ...Object.keys(nodeSettings)])]
    .map((key) => ({ key, steps: distance(plain(key), wanted) }))
    .filter(({ steps }) => steps <= 2)
    .toSorted((a, b) => a.steps - b.steps)
  const hint = nearest ? `; did you mean ${ENV_PREFIX}${screaming(nearest.key)}?` : ''
  return `${name} is set, but no plugin of this node has such an option${hint}`
}

/** `orchAddr` is `orch-addr`. */
export function kebab(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function screaming(key: string): string {
  return kebab(key).replaceAll('-', '_').toUpperCase()
}

function isOurs(variable: string): boolean {
  return variable.startsWith(ENV_PREFIX)
}

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, '').toLowerCase()
}
