import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Link } from '@livepeer-node/test-kit/faults'
import { words } from './words.ts'
import { Supervised } from './supervised.ts'

const SECRET = 'shared-secret-of-chaos'
const ANY_PORT = '127.0.0.1:0'
const PRESET = 'ultrafast'
/** Last number of the loopback address at which the first transcoder's link listens. */
const FIRST_NEAR = 11

export interface FleetInit {
  readonly orchestrators: number
  readonly transcoders: number
  readonly streams: number
  /** For data and logs. */
  readonly folder: string
  /** What marks the processes of this run. */
  readonly run: string
}

/** A transcoder and the way over which it reaches its orchestrator. */
export interface Member {
  readonly node: Supervised
  readonly link: Link
}

interface TranscoderSection {
  readonly state: string
  readonly sessions: readonly unknown[]
}

/** The name of an orchestrator, which each peer resolves to the near end of its own link. */
const orchestratorName = (index: number): string => `orchestrator-${index}.test`

/** Renditions so small that two cores carry twenty streams with room to spare. */
export const LADDER = [{ name: 'tiny', width: 160, height: 90, bitrate: 100_000, fps: 0, profile: 'h264baseline' }]

/** In the environment of every process of a run, its children included. */
export const RUN_VARIABLE = 'CHAOS_RUN'

/** A broadcaster, orchestrators and transcoders, each a supervised process, each reached over links. */
export class Fleet {
  readonly broadcaster: Supervised
  readonly orchestrators: readonly Supervised[]
  readonly transcoders: readonly Member[]

  private constructor(parts: Pick<Fleet, 'broadcaster' | 'orchestrators' | 'transcoders'>) {
    this.broadcaster = parts.broadcaster
    this.orchestrators = parts.orchestrators
    this.transcoders = parts.transcoders
  }

  static async start(init: FleetInit): Promise<Fleet> {
    const ports = await Promise.all(Array.from({ length: init.orchestrators }, freePort))
    const orchestrators = await Promise.all(ports.map((port, index) => startOrchestrator(init, index, port)))
    const transcoders: Member[] = []
    // One by one: each measures the machine when it starts.
    for (let index = 0; index < init.transcoders; index++) transcoders.push(await startTranscoder(init, index, ports))
    return new Fleet({ broadcaster: await startBroadcaster(init, ports), orchestrators, transcoders })
  }

  get nodes(): readonly Supervised[] {
    return [this.broadcaster, ...this.orchestrators, ...this.transcoders.map(({ node }) => node)]
  }

  /** Resolves when every transcoder is attached. */
  async attached(): Promise<void> {
    for (const { node } of this.transcoders) {
      while ((await node.status<TranscoderSection>('transcoder')).state !== 'attached') await sleep(100)
    }
  }

  /** The transcoder with the most sessions. */
  async busiest(): Promise<Member> {
    const members = this.transcoders.map(async (member) => {
      const { sessions } = await member.node.status<TranscoderSection>('transcoder')
      return { member, count: sessions.length }
    })
    const [most] = (await Promise.all(members)).toSorted((a, b) => b.count - a.count)
    if (!most || most.count === 0) throw new Error('no transcoder has a session')
    return most.member
  }

  /** Stops everything in the order in which work flows. `look` sees each when it has nothing to do any more. */
  async stop(look: (nodes: readonly Supervised[]) => Promise<string[]>): Promise<string[]> {
    const transcoders = this.transcoders.map(({ node }) => node)
    const left = await look([this.broadcaster, ...transcoders])
    await this.broadcaster.stop()
    await Promise.all(transcoders.map((node) => node.stop()))
    left.push(...(await look(this.orchestrators)))
    await Promise.all(this.orchestrators.map((node) => node.stop()))
    await Promise.all(this.transcoders.map(({ link }) => link[Symbol.asyncDispose]()))
    return left
  }
}

const COMMON = words(`--cli-addr ${ANY_PORT} --log-level debug`)

function startOrchestrator({ folder, run }: FleetInit, index: number, port: number): Promise<Supervised> {
  const name = orchestratorName(index)
  const addresses = words(`--service-addr ${name}:${port} --http-addr 127.0.0.1:${port}`)
  return new Supervised({
    name: `orchestrator-${index}`,
    args: ['orchestrator', ...addresses, '--orch-secret', SECRET, ...COMMON],
    env: { [RUN_VARIABLE]: run },
    hosts: { [name]: '127.0.0.1' },
    folder,
  }).start()
}

async function startTranscoder(init: FleetInit, index: number, ports: readonly number[]): Promise<Member> {
  const { folder, run, streams } = init
  const of = index % ports.length
  const [name, port] = [orchestratorName(of), ports[of] ?? 0]
  const near = `127.0.0.${FIRST_NEAR + index}`
  const link = await Link.to(() => port, { host: near, port })
  // Each could carry all: what is lost is lost to faults, not to want of room.
  const attach = words(`--orch-addr ${name}:${port} --orch-secret ${SECRET} --max-sessions ${streams}`)
  const node = new Supervised({
    name: `transcoder-${index}`,
    args: ['transcoder', ...attach, ...COMMON],
    env: { [RUN_VARIABLE]: run, LP_CPU_X264_PRESET: PRESET, LP_TRANSCODER_NAME: `transcoder-${index}` },
    hosts: { [name]: near },
    folder,
  })
  return { node: await node.start(), link }
}

function startBroadcaster({ folder, run, streams }: FleetInit, ports: readonly number[]): Promise<Supervised> {
  const ladder = join(folder, 'ladder.json')
  writeFileSync(ladder, JSON.stringify(LADDER))
  const names = ports.map((_, index) => orchestratorName(index))
  const orchestrators = ports.map((port, index) => `${names[index]}:${port}`).join(',')
  const listen = words(`--rtmp-addr ${ANY_PORT} --http-addr ${ANY_PORT}`)
  const work = words(`--orch-addr ${orchestrators} --transcoding-options ${ladder} --max-sessions ${2 * streams}`)
  return new Supervised({
    name: 'broadcaster',
    args: ['broadcaster', ...listen, ...work, ...COMMON],
    // Wide enough for a viewer that looks now and then.
    env: { [RUN_VARIABLE]: run, LP_HLS_WINDOW: '30' },
    hosts: Object.fromEntries(names.map((name) => [name, '127.0.0.1'])),
    folder,
  }).start()
}

/** Of 127.0.0.1, and so most likely of its neighbours; below the range that systems hand out by themselves. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
      return port
    } catch {
      continue
    } finally {
      server.close()
    }
  }
}
