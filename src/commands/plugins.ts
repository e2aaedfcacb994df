import { Flags } from '@oclif/core'
import type { ComposedHook, Composition } from '@livepeer-node/core'
import { BaseCommand } from '../base-command.ts'
import { nodeFlags, optionFlags, roleFlag } from '../flags.ts'
import { presetFor } from '../presets.ts'
import { table } from '../table.ts'

export default class Plugins extends BaseCommand {
  static override summary = 'List the plugins of a node in load order, or its hooks with who answers them.'
  static override flags = {
    ...nodeFlags,
    ...optionFlags,
    ...roleFlag,
    hooks: Flags.boolean({ description: 'every hook, its handlers in the order in which they run' }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(Plugins)
    const config = await this.loadConfig({ flags, role: flags.role, preset: presetFor(flags.role) })
    const { inspectApart } = await import('../inspect-node.ts')
    const { composition, problems } = await inspectApart(config)
    const { hooks, plugins } = composition
    if (flags.json) this.log(JSON.stringify(flags.hooks ? { hooks } : { plugins }))
    else this.log(flags.hooks ? hookTable(hooks, composition) : pluginTable(composition))
    if (problems.length > 0) throw new AggregateError(problems)
  }
}

function pluginTable({ plugins }: Composition): string {
  return table(
    plugins.map(({ name, version, handlers, provides, requires }) => [
      `${name} ${version ?? ''}`.trim(),
      `${handlers} ${handlers === 1 ? 'hook' : 'hooks'}`,
      provides.length > 0 ? `provides ${provides.join(', ')}` : '',
      requires.length > 0 ? `requires ${requires.join(', ')}` : '',
    ]),
  )
}

function hookTable(hooks: readonly ComposedHook[], { plugins }: Composition): string {
  const short = new Map(plugins.map(({ name, shortName }) => [name, shortName]))
  return table(
    hooks.map(({ name, kind, handlers, unanswered }) => [
      name,
      kind,
      handlers.length > 0
        ? handlers
            .map(({ plugin, stage }) => `${short.get(plugin) ?? plugin}${stage === 'normal' ? '' : ` (${stage})`}`)
            .join(' > ')
        : `(nobody: ${unanswered})`,
    ]),
  )
}
