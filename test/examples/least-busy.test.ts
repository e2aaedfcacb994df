import { join } from 'node:path'
import broadcaster from '@livepeer-node/plugin-broadcaster'
import { aJobSpec, aSessionView, createTestNode, type TestNode } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import leastBusy from '../../examples/least-busy/least-busy.ts'
import { CliProject } from '../cli/cli-project.ts'

const FOLDER = join(import.meta.dirname, '../../examples/least-busy')
const OWN = 'livepeer-plugin-least-busy'
const DEFAULT = '@livepeer-node/plugin-broadcaster'

function startNode(): Promise<TestNode> {
  return createTestNode(broadcaster(), leastBusy({ maxInFlight: 2 }))
}

function askedIn({ traces }: TestNode): string[] {
  return traces.filter(({ hook }) => hook === 'session.select').map(({ plugin }) => plugin)
}

const busy = aSessionView({ sessionId: 'busy', segmentsInFlight: 2, latencyScore: 0.1 })
const slow = aSessionView({ sessionId: 'slow', segmentsInFlight: 0, latencyScore: 0.9 })
const fast = aSessionView({ sessionId: 'fast', segmentsInFlight: 0, latencyScore: 0.3 })

test('answers with the least busy session, of equals with the fastest, and the default is not asked', async () => {
  await using node = await startNode()
  expect(await node.run.session.select([busy, slow, fast], aJobSpec())).toEqual(fast)
  expect(askedIn(node)).toEqual([OWN])
})

test('a session that was never tried counts as fast', async () => {
  await using node = await startNode()
  const untried = aSessionView({ sessionId: 'untried' })
  expect(await node.run.session.select([fast, untried], aJobSpec())).toEqual(untried)
})

test('leaves the question to the default when every session is full', async () => {
  await using node = await startNode()
  await node.run.session.select([busy], aJobSpec())
  expect(askedIn(node)).toEqual([OWN, DEFAULT])
})

test.for(['livepeer.config.ts', 'by-name.yaml'])('%s puts it before the default', async (file) => {
  await using project = new CliProject()
  const { stdout } = await project.run(['plugins', '--hooks', '--json', '--config', join(FOLDER, file)])
  const { hooks } = JSON.parse(stdout) as { hooks: { name: string; handlers: unknown }[] }
  expect(hooks.find(({ name }) => name === 'session.select')?.handlers).toEqual([
    { plugin: OWN, stage: 'normal' },
    { plugin: DEFAULT, stage: 'fallback' },
  ])
})

test('a whole node, started from the example’s config, transcodes where the plugin says', async () => {
  await using project = new CliProject()
  const anyPort = ['--rtmp-addr', '--http-addr', '--cli-addr', '--service-addr'].flatMap((flag) => [
    flag,
    '127.0.0.1:0',
  ])
  const small = { LP_PATTERN_WIDTH: '320', LP_PATTERN_HEIGHT: '180', LP_PRESET: 'ultrafast' }
  const { child } = await project.start(
    ['start', '--config', join(FOLDER, 'livepeer.config.ts'), '--log-level', 'debug', ...anyPort],
    { env: { ...small, LP_TRANSCODING_OPTIONS: 'P144p30fps16x9' } },
  )
  const seen: LogLine[] = []
  for await (const line of child.iterable({ from: 'stderr' })) {
    seen.push(JSON.parse(line) as LogLine)
    if (seen.at(-1)?.msg === 'segment published') child.kill('SIGTERM')
  }
  expect((await child).exitCode).toBe(0)
  const choices = seen.filter(({ msg }) => msg === 'orchestrator chosen')
  expect(choices.map(({ reason }) => reason)).toEqual(['chosen by a plugin'])
  expect(seen.some(({ plugin, msg }) => plugin === 'least-busy' && /takes the segment/.test(msg))).toBe(true)
  const published = seen.find(({ msg }) => msg === 'segment published')
  expect(published?.attempts?.map(({ error }) => error)).toEqual([undefined])
  expect(published?.missing).toBeUndefined()
})

interface LogLine {
  readonly msg: string
  readonly plugin?: string
  readonly reason?: string
  readonly missing?: readonly string[]
  readonly attempts?: readonly { readonly error?: string }[]
}
