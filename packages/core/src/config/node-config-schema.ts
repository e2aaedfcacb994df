import { z } from 'zod'
import type { NodeConfig, Plugin, PluginEntry } from '@livepeer-node/sdk'
import { parseDuration } from './duration.ts'

const named = z.tuple([z.string().min(1), z.record(z.string(), z.unknown())])
const entry = z.custom<PluginEntry>(
  (value) => isPlugin(value) || (typeof value === 'string' && value !== '') || named.safeParse(value).success,
  { error: describeWrongEntry },
)
const entries = z.array(entry)

/** Timers of the system go no further than some three weeks. */
const MAX_DRAIN_MS = 7 * 24 * 3_600_000

/** The settings that belong to the node and to no plugin. */
export const nodeSettings = {
  dataDir: z.string().min(1).describe('Folder for what must outlive the process.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).describe('The least important kind of line that is logged.'),
  drainTimeoutMs: z
    .preprocess(fromDuration, z.int({ error: 'expected a time as 30s, 5m or 1h, or ms' }).min(0).max(MAX_DRAIN_MS))
    .describe('Longest wait for work in flight when the node stops: ms, or "30s", "5m", "1h".'),
} as const

export const nodeConfigSchema: z.ZodType<NodeConfig> = z.strictObject({
  dataDir: nodeSettings.dataDir.exactOptional(),
  logLevel: nodeSettings.logLevel.exactOptional(),
  drainTimeoutMs: nodeSettings.drainTimeoutMs.exactOptional(),
  plugins: entries,
  roles: z
    .strictObject({
      broadcaster: entries.exactOptional(),
      orchestrator: entries.exactOptional(),
      transcoder: entries.exactOptional(),
    })
    .exactOptional(),
  $schema: z.string().exactOptional(),
})

/** A plugin with its options, made by any copy of the sdk. */
export function isPlugin(value: unknown): value is Plugin {
  return typeof value === 'object' && value !== null && 'rawOptions' in value && hasDefinition(value)
}

/** Has what both a plugin and its factory carry. */
export function hasDefinition(value: unknown): value is Pick<Plugin, 'definition'> {
  const definition = (value as { definition?: { name?: unknown; apply?: unknown; options?: unknown } }).definition
  return typeof definition?.name === 'string' && typeof definition.apply === 'function' && Boolean(definition.options)
}

function describeWrongEntry(issue: { input?: unknown }): string {
  if (typeof issue.input === 'function' && hasDefinition(issue.input)) {
    return `${issue.input.definition.name} is listed without being called: write it with (), as plugin()`
  }
  return 'expected a plugin, the name of a package, or [name, options]'
}

function fromDuration(value: unknown): unknown {
  return typeof value === 'string' ? (parseDuration(value) ?? value) : value
}
