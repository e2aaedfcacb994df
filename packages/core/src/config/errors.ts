import { LivepeerError } from '@livepeer-node/sdk'
import type { z } from 'zod'

export function configNotFound(file: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONFIG_NOT_FOUND',
    kind: 'config',
    message: 'The config file that was asked for does not exist.',
    observed: file,
    remedy: 'Give --config the path of an existing file.',
  })
}

export function configUnreadable(file: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONFIG_UNREADABLE',
    kind: 'config',
    message: `${file} cannot be loaded: ${describe(cause)}`,
    observed: file,
    remedy: 'Correct the file; the lines above name the place.',
    cause,
  })
}

export function configEmpty(file: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_CONFIG_EMPTY',
    kind: 'config',
    message: `${file} holds no configuration.`,
    observed: file,
    remedy: 'Export an object with a `plugins` list from it (as default from a .ts or .js file), or remove the file.',
  })
}

export function configInvalid(file: string, issues: readonly z.core.$ZodIssue[]): LivepeerError {
  const lines = issues.map((issue) => `  ${issue.path.join('.') || '(top level)'}: ${issue.message}`)
  return new LivepeerError({
    code: 'LP_CONFIG_INVALID',
    kind: 'config',
    message: `${file} has ${issues.length} wrong value${issues.length === 1 ? '' : 's'}:\n${lines.join('\n')}`,
    observed: issues.map((issue) => issue.path.join('.')),
    remedy: 'Correct the values that are named.',
  })
}

export function settingInvalid(origin: string, message: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_SETTING_INVALID',
    kind: 'config',
    message: `${origin}: ${message}`,
    observed,
    remedy: 'Correct the value, or leave it out for the default.',
  })
}

export function timeWithoutUnit(origin: string, observed: unknown): LivepeerError {
  const text = String(observed).trim()
  return new LivepeerError({
    code: 'LP_SETTING_INVALID',
    kind: 'config',
    message: `${origin}: a time needs its unit.`,
    observed,
    limit: '30s, 5m, 1h or 500ms',
    remedy: `Write ${text}s for seconds, ${text}ms for milliseconds.`,
  })
}

export function pluginNotInstalled(name: string, from: string, cause: unknown): LivepeerError {
  const isPath = name.startsWith('.') || name.startsWith('/')
  return new LivepeerError({
    code: 'LP_PLUGIN_NOT_INSTALLED',
    kind: 'config',
    message: `Plugin ${name} cannot be found from ${from}.`,
    observed: name,
    remedy: isPath ? 'Correct the path; it is relative to the config file.' : `npm install ${name}`,
    cause,
  })
}

export function pluginUnloadable(name: string, cause: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_PLUGIN_UNLOADABLE',
    kind: 'config',
    message: `Plugin ${name} was found, but failed while it was loaded: ${describe(cause)}`,
    observed: name,
    remedy: 'Reinstall the plugin, or report this to its author.',
    cause,
  })
}

export function notAPlugin(name: string, observed: unknown): LivepeerError {
  return new LivepeerError({
    code: 'LP_NOT_A_PLUGIN',
    kind: 'config',
    message: `The default export of ${name} is no plugin.`,
    observed: observed === undefined ? 'no default export' : typeof observed,
    limit: 'what definePlugin returns, or a call of it',
    remedy: 'Name a package that exports a plugin as default.',
  })
}

export function flagUnused(flag: string, key: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_FLAG_UNUSED',
    kind: 'config',
    message: `--${flag} was given, but no plugin of this node has an option "${key}".`,
    observed: flag,
    remedy: 'Leave the flag out, or list a plugin that has this option.',
  })
}

/** Syntax errors keep their place and caret only in the first lines of the stack. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  const withPlace = cause instanceof SyntaxError && cause.stack !== undefined
  return withPlace ? (cause.stack ?? '').split('\n    at ')[0]!.trim() : cause.message
}
