import { definePlugin, type HookFamily, type Plugin, type PluginDefinition } from '@livepeer-node/sdk'
import { z } from 'zod'

const noOptions = z.strictObject({})
type Definition<Runs extends HookFamily> = PluginDefinition<typeof noOptions, Runs>

/**
 * A plugin for one test, without options: `pluginFor('backend', (node) => node.on.transcode.claim(() => backend))`. `extra`
 * holds what else its definition needs: `runs`, `requires`, `provides`, `kernel`, `roles`.
 */
export function pluginFor<const Runs extends HookFamily = never>(
  name: string,
  apply: Definition<Runs>['apply'],
  extra: Partial<Omit<Definition<Runs>, 'name' | 'apply' | 'options'>> = {},
): Plugin {
  return definePlugin<typeof noOptions, Runs>({ kernel: '*', ...extra, name, options: noOptions, apply })()
}
