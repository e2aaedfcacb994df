import type { ComposedHook } from '@livepeer-node/core'
import { expect, it } from 'vitest'
import { CliProject } from './cli-project.ts'

/** Where several plugins answer one hook, their order decides: a change of it has to be meant. */
it.each(['start', 'broadcaster', 'orchestrator', 'transcoder'])('the order of handlers of %s', async (preset) => {
  await using project = new CliProject()
  const role = preset === 'start' ? [] : ['--role', preset]
  const { stdout } = await project.run(['plugins', '--hooks', '--json', ...role])
  const { hooks } = JSON.parse(stdout.split('\n')[0] ?? '') as { hooks: readonly ComposedHook[] }
  const shared = hooks.filter(({ handlers }) => handlers.length > 1)
  const lines = shared.map(({ name, handlers }) => `${name}: ${handlers.map(text).join(' > ')}`)
  expect(lines).toMatchSnapshot()
})

function text({ plugin, stage }: ComposedHook['handlers'][number]): string {
  const name = plugin.replace('@livepeer-node/plugin-', '')
  return stage === 'normal' ? name : `${name} (${stage})`
}
