// npm run chaos -- [--minutes 5] [--streams 8] [--transcoders 4] [--every 10] [--faults kill,…]
// Real processes, real streams, a fault at regular times; ends with one JSON line and with 1 where anything was lost or left.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHistogram } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { badLines, leftInRegistries, orphans } from './aftermath.ts'
import { Fleet, LADDER, RUN_VARIABLE } from './fleet.ts'
import { Memory } from './memory.ts'
import { type ChaosOptions, readOptions } from './options.ts'
import { makeClip, Publisher, SEGMENT_SECONDS } from './publishing.ts'
import { Trouble } from './trouble.ts'
import { Viewer } from './viewer.ts'

const LOOK_MS = 1000
const SAMPLE_MS = 5000
/** The last segments may be late: they are waited for so long after the publishers' end. */
const LAST_MS = 40_000

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 23)} ${line}`)

const options = readOptions(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'livepeer-chaos-'))
const result = await chaos(options, folder)
console.log(JSON.stringify(result))
const isGood = result.failures.length === 0
if (isGood) rmSync(folder, { recursive: true })
else say(`logs are kept in ${folder}`)
process.exit(isGood ? 0 : 1)

async function chaos(of: ChaosOptions, at: string) {
  const { minutes, streams } = of
  const run = randomUUID()
  const seconds = Math.round((minutes * 60) / SEGMENT_SECONDS) * SEGMENT_SECONDS
  const clip = join(at, 'clip.flv')
  await makeClip(clip, 60)
  const fleet = await Fleet.start({ ...of, folder: at, run })
  say(`${fleet.nodes.length} nodes are ready; logs in ${at}`)
  const trouble = new Trouble({ ...of, fleet, say })
  const memory = new Memory(SAMPLE_MS)
  const watched = await watch({ fleet, trouble, memory, clip, seconds, options: of })
  const registries = await fleet.stop(leftInRegistries)
  const left = await orphans(RUN_VARIABLE, run)
  const bad = await badLines(fleet.nodes)
  const slopes = memory.slopes()
  const expected = streams * LADDER.length * (seconds / SEGMENT_SECONDS)
  const growing = of.assertRss ? Object.entries(slopes).filter(([, slope]) => slope >= 1) : []
  const failures = [
    ...watched.failures,
    ...(watched.delivered < expected ? [`${expected - watched.delivered} of ${expected} were not delivered`] : []),
    ...registries.map((one) => `not empty at the end: ${one}`),
    ...left.map((pid) => `process ${pid} is left`),
    ...fleet.nodes.flatMap(({ name, exits }) => (exits.at(-1)?.code === 0 ? [] : [`${name} did not end with 0`])),
    ...bad,
    ...growing.map(([name, slope]) => `${name} grows by ${slope} MB/h`),
  ]
  const { delivered, late, latencyMs } = watched
  const faults = Object.fromEntries(trouble.counts)
  return { expected, delivered, late, faults, latencyMs, rssMB: memory.last(), rssSlopeMBPerHour: slopes, failures }
}

interface Watch {
  readonly fleet: Fleet
  readonly trouble: Trouble
  readonly memory: Memory
  readonly clip: string
  readonly seconds: number
  readonly options: ChaosOptions
}

/** Pushes all streams to their end, makes trouble meanwhile, and watches what is shown of them. */
async function watch({ fleet, trouble, memory, clip, seconds, options: { streams, lateMs } }: Watch) {
  const { broadcaster } = fleet
  const latencies = createHistogram()
  const renditions = LADDER.map(({ name }) => name)
  const names = Array.from({ length: streams }, (_, index) => `stream-${index}`)
  const base = broadcaster.url('http')
  const viewers = names.map((streamId) => new Viewer({ base, streamId, renditions, lateMs, latencies, say }))
  const { host } = new URL(broadcaster.url('rtmp'))
  const publishers = names.map((name) => new Publisher(clip, `rtmp://${host}/live/${name}`, seconds))
  const over = new AbortController()
  const lookingOn = Promise.all(viewers.map((viewer) => follow(viewer, over.signal)))
  const sampling = sample(memory, fleet, over.signal)
  const calm = new AbortController()
  const troubling = trouble.make(calm.signal)
  const failed = (await Promise.all(publishers.map((publisher) => publisher.finished()))).filter(
    (one) => one !== undefined,
  )
  calm.abort()
  await troubling
  const last = setTimeout(() => over.abort(), LAST_MS)
  await lookingOn
  clearTimeout(last)
  over.abort()
  await sampling
  const sum = (pick: (viewer: Viewer) => number) => viewers.reduce((total, viewer) => total + pick(viewer), 0)
  return {
    delivered: sum(({ delivered }) => delivered),
    late: sum((viewer) => viewer.late),
    latencyMs: { p50: latencies.percentile(50), p99: latencies.percentile(99), max: latencies.max },
    failures: [...failed, ...viewers.flatMap(({ ended }, index) => (ended ? [] : [`${names[index]} did not end`]))],
  }
}

async function follow(viewer: Viewer, over: AbortSignal): Promise<void> {
  while (!viewer.ended && !over.aborted) {
    await viewer.look()
    await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined)
  }
}

async function sample(memory: Memory, fleet: Fleet, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    memory.sample(fleet.nodes)
    await sleep(SAMPLE_MS, undefined, { signal: over }).catch(() => undefined)
  }
}
