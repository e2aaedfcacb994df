// npm run chaos -- [--minutes 5] [--streams 8] [--transcoders 4] [--every 10] [--faults kill,…]
// Real processes, real streams, a fault at regular times; ends with one JSON line and with 1 where anything was lost or left.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { badLines, leftInRegistries, orphans } from '../../test/fleet/aftermath.ts'
import { Fleet, RUN_VARIABLE } from '../../test/fleet/fleet.ts'
import { makeClip, SEGMENT_SECONDS } from '../../test/fleet/publishing.ts'
import { Show, type ShowInit, type ShowResult } from '../../test/fleet/show.ts'
import { Memory } from './memory.ts'
import { type ChaosOptions, readOptions } from './options.ts'
import { Trouble } from './trouble.ts'

const SAMPLE_MS = 5000
/** No two publishers begin in the same moment: a machine that starts all encoders of a fleet at once is a test of its own. */
const APART_MS = 500
const TELL_MS = 300_000

const say = (line: string): void => console.error(`${new Date().toISOString().slice(11, 23)} ${line}`)

const options = readOptions(process.argv.slice(2))
const folder = mkdtempSync(join(tmpdir(), 'livepeer-chaos-'))
const report = await chaos(options, folder)
console.log(JSON.stringify(report))
const isGood = report.failures.length === 0
if (isGood) rmSync(folder, { recursive: true })
else say(`logs are kept in ${folder}`)
process.exit(isGood ? 0 : 1)

async function chaos(of: ChaosOptions, at: string) {
  const { minutes } = of
  const run = randomUUID()
  const seconds = Math.round((minutes * 60) / SEGMENT_SECONDS) * SEGMENT_SECONDS
  const clip = join(at, 'clip.flv')
  await makeClip(clip, 60)
  const fleet = await Fleet.start({ ...of, folder: at, run })
  say(`${fleet.nodes.length} nodes are ready; logs in ${at}`)
  const trouble = new Trouble({ ...of, fleet, say })
  const memory = new Memory(SAMPLE_MS)
  const watched = await watch({ ...of, fleet, clips: [clip], seconds, apartMs: APART_MS, say }, trouble, memory)
  const registries = await fleet.stop(leftInRegistries)
  const left = await orphans(RUN_VARIABLE, run)
  const bad = await badLines(fleet.nodes)
  const slopes = memory.slopes()
  const { expected, delivered, late, latencyMs } = watched
  const growing = of.assertRss ? Object.entries(slopes).filter(([, slope]) => slope >= 1) : []
  const failures = [
    ...watched.failures,
    ...(delivered < expected ? [`${expected - delivered} of ${expected} were not delivered`] : []),
    ...registries.map((one) => `not empty at the end: ${one}`),
    ...left.map((pid) => `process ${pid} is left`),
    ...fleet.nodes.flatMap(({ name, exits }) => (exits.at(-1)?.code === 0 ? [] : [`${name} did not end with 0`])),
    ...bad,
    ...growing.map(([name, slope]) => `${name} grows by ${slope} MB/h`),
  ]
  const faults = Object.fromEntries(trouble.counts)
  const rssMB = memory.last()
  return { expected, delivered, late: late.length, faults, latencyMs, rssMB, rssSlopeMBPerHour: slopes, failures }
}

/** Pushes all streams to their end, makes trouble meanwhile, and watches what is shown of them. */
async function watch(init: ShowInit, trouble: Trouble, memory: Memory): Promise<ShowResult> {
  const over = new AbortController()
  const sampling = sample(memory, init.fleet, over.signal)
  const calm = new AbortController()
  await using show = new Show(init)
  const troubling = trouble.make(calm.signal)
  await show.pushed()
  calm.abort()
  await troubling
  const result = await show.finished()
  over.abort()
  await sampling
  return result
}

async function sample(memory: Memory, fleet: Fleet, over: AbortSignal): Promise<void> {
  for (let samples = 1; !over.aborted; samples++) {
    memory.sample(fleet.nodes)
    if ((samples * SAMPLE_MS) % TELL_MS === 0) say(`MB ${JSON.stringify(memory.last())}`)
    await sleep(SAMPLE_MS, undefined, { signal: over }).catch(() => undefined)
  }
}
