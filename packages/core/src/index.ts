/**
 * The kernel of a Livepeer node. Commands and the test kit import it; plugins never do, they need only the sdk.
 * @packageDocumentation
 */
export { shortName } from './kernel/errors.ts'
export type { Trace } from './kernel/guard.ts'
export type { ComposedHook, ComposedPlugin, Composition } from './kernel/inspect.ts'
export { createNode, type LivepeerNode, type NodeOptions, type NodeState } from './kernel/node.ts'
export { problemsOf } from './kernel/problems.ts'
export { resolveSecret } from './kernel/secrets.ts'
export { pinoLogger, type PinoLoggerOptions } from './logging/pino-logger.ts'
export type { Preset } from './config/composition.ts'
export { parseDuration } from './config/duration.ts'
export {
  type LoadConfigRequest,
  type LoadedConfig,
  loadConfig,
  loadSettings,
  type SettingsRequest,
} from './config/load-config.ts'
export { kebab } from './config/overrides.ts'
export type { NodeSettings } from './config/settings.ts'
export type { ConfigValue } from './config/values.ts'
