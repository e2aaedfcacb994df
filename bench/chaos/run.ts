// npm run chaos -- --minutes N [--streams 8] [--transcoders 4] [--every 10] [--seed S] [--faults kill,…]
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Fleet, LADDER } from './fleet.ts'
import { makeClip, Publisher, SEGMENT_SECONDS } from './publishing.ts'
import { Viewer } from './viewer.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    streams: { type: 'string', default: '8' },
    transcoders: { type: 'string', default: '4' },
    orchestrators: { type: 'string', default: '1' },
    every: { type: 'string', default: '10' },
    late: { type: 'string', default: '2000' },
  },
})
const [minutes, streams, transcoders, orchestrators, every, lateMs] = [
  values.minutes,
  values.streams,
  values.transcoders,
  values.orchestrators,
  values.every,
  values.late,
].map(Number) as [number, number, number, number, number, number]

const say = (line: string) => console.error(`${new Date().toISOString().slice(11, 23)} ${line}`)
const folder = mkdtempSync(join(tmpdir(), 'livepeer-chaos-'))
say(`logs in ${folder}`)
const seconds = Math.round((minutes * 60) / SEGMENT_SECONDS) * SEGMENT_SECONDS
const clip = join(folder, 'clip.flv')
await makeClip(clip, 60)
const fleet = await Fleet.start({ orchestrators, transcoders, streams, folder })
say('fleet is ready')
const rtmp = fleet.broadcaster.url('rtmp').replace(/\/$/, '')
const names = Array.from({ length: streams }, (_, index) => `stream-${index}`)
const publishers = names.map((name) => new Publisher(clip, `${rtmp.replace(/\/live$/, '')}/live/${name}`, seconds))
const viewers = names.map(
  (streamId) =>
    new Viewer({ base: fleet.broadcaster.url('http'), streamId, renditions: LADDER.map((r) => r.name), lateMs, say }),
)
const over = new AbortController()
const watching = Promise.all(
  viewers.map(async (viewer) => {
    while (!viewer.ended && !over.signal.aborted) {
      await viewer.look()
      await sleep(1000)
    }
  }),
)
let faults = 0
const faulting = (async () => {
  for (let at = 0; ; at++) {
    await sleep(every * 1000, undefined, { signal: over.signal }).catch(() => undefined)
    if (over.signal.aborted) return
    const member = fleet.transcoders[at % fleet.transcoders.length]
    if (!member?.node.isReady) continue
    say(`kill ${member.node.name}`)
    member.node.kill('SIGKILL')
    faults += 1
  }
})()
for (const failure of await Promise.all(publishers.map((publisher) => publisher.finished()))) if (failure) say(failure)
over.signal.aborted || setTimeout(() => over.abort(), 30_000).unref()
await watching
over.abort()
await faulting
await fleet.stop()
const sum = (pick: (viewer: Viewer) => number) => viewers.reduce((total, viewer) => total + pick(viewer), 0)
const latencies = viewers.flatMap(({ latenciesMs }) => latenciesMs).toSorted((a, b) => a - b)
console.log(
  JSON.stringify({
    expected: sum(({ expected }) => expected),
    delivered: sum(({ delivered }) => delivered),
    late: sum(({ late }) => late),
    faults,
    p50: latencies[Math.floor(latencies.length / 2)],
    p99: latencies[Math.floor(latencies.length * 0.99)],
    max: latencies.at(-1),
    exits: Object.fromEntries(
      fleet.nodes.map(({ name, exits }) => [name, exits.map(({ code, signal }) => signal ?? code)]),
    ),
  }),
)
