import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Profile } from '@livepeer-node/sdk'
import { Link, type Spoil } from '@livepeer-node/test-kit/faults'
import { Supervised } from './supervised.ts'
import { words } from './words.ts'

const SECRET = 'shared-secret-of-chaos'
const ANY_PORT = '127.0.0.1:0'
const PRESET = 'ultrafast'
const LIAR_CONFIG = join(import.meta.dirname, 'liar.config.ts')
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
  /** Aborted: all of it is killed, however far its start has come. */
  readonly signal?: AbortSignal
  /** Default: `LADDER`. */
  readonly ladder?: readonly Rung[]
  /** What the transcoder of this index attaches with; default: the shared secret. */
  readonly secretOf?: (index: number, orchestrator: Supervised) => Promise<string | undefined>
  /** How the transcoder of this index spoils its results, and how many are right before; default: it is honest. */
  readonly lieOf?: (index: number) => { readonly how: Spoil; readonly after: number } | undefined
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

/** As a ladder's file spells it. */
export interface Rung extends Pick<Profile, 'name' | 'width' | 'height' | 'bitrate'> {
  readonly fps: number
  readonly profile: string
}

/** A rendition so small that two cores carry twenty streams with room to spare. */
export const LADDER: readonly Rung[] = [
  { name: 'tiny', width: 160, height: 90, bitrate: 100_000, fps: 0, profile: 'h264baseline' },
]

/** In the environment of every process of a run, its children included. */
export const RUN_VARIABLE = 'CHAOS_RUN'

/** A broadcaster, orchestrators and transcoders, each a supervised process, each reached over links. */
export class Fleet {
  readonly broadcaster: Supervised
  readonly orchestrators: readonly Supervised[]
  readonly transcoders: readonly Member[]
  readonly ladder: readonly Rung[]

  private constructor(parts: Pick<Fleet, 'broadcaster' | 'orchestrators' | 'transcoders' | 'ladder'>) {
    this.broadcaster = parts.broadcaster
    this.orchestrators = parts.orchestrators
    this.transcoders = parts.transcoders
    this.ladder = parts.ladder
  }

  static async start(init: FleetInit): Promise<Fleet> {
    const ports = await Promise.all(Array.from({ length: init.orchestrators }, freePort))
    const orchestrators = await Promise.all(ports.map((port, index) => startOrchestrator(init, index, port)))
    const transcoders: Member[] = []
    // One by one: that is easier on the machine.
    for (let index = 0; index < init.transcoders; index++) {
      const of = index % ports.length
      const [orchestrator, port = 0] = [orchestrators[of], ports[of]]
      const secret = orchestrator && (await init.secretOf?.(index, orchestrator))
      transcoders.push(await startTranscoder(init, { index, orchestrator: orchestratorName(of), port, secret }))
    }
    const { ladder = LADDER } = init
    return new Fleet({ broadcaster: await startBroadcaster(init, ports), orchestrators, transcoders, ladder })
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

function startOrchestrator({ folder, run, signal }: FleetInit, index: number, port: number): Promise<Supervised> {
  const name = orchestratorName(index)
  const addresses = words(`--service-addr ${name}:${port} --http-addr 127.0.0.1:${port}`)
  return new Supervised({
    name: `orchestrator-${index}`,
    args: ['orchestrator', ...addresses, '--orch-secret', SECRET, ...COMMON],
    env: { [RUN_VARIABLE]: run },
    hosts: { [name]: '127.0.0.1' },
    folder,
    signal,
  }).start()
}

interface Place {
  readonly index: number
  readonly orchestrator: string
  readonly port: number
  readonly secret: string | undefined
}

async function startTranscoder(
  init: FleetInit,
  { index, orchestrator, port, secret = SECRET }: Place,
): Promise<Member> {
  const { folder, run, streams, signal } = init
  const near = `127.0.0.${FIRST_NEAR + index}`
  const link = await Link.to(() => port, { host: near, port })
  const lie = init.lieOf?.(index)
  const liar = lie && { LIAR_SPOIL: lie.how, LIAR_AFTER: String(lie.after) }
  const command = liar ? ['start', '--config', LIAR_CONFIG] : ['transcoder']
  // Each could carry all: what is lost is lost to faults, not to want of room.
  const attach = words(`--orch-addr ${orchestrator}:${port} --orch-secret ${secret} --max-sessions ${streams}`)
  const name = `transcoder-${index}`
  const node = new Supervised({
    name,
    args: [...command, ...attach, ...COMMON],
    env: { [RUN_VARIABLE]: run, LP_CPU_X264_PRESET: PRESET, LP_TRANSCODER_NAME: name, ...liar },
    hosts: { [orchestrator]: near },
    folder,
    signal,
  })
  return { node: await node.start(), link }
}

function startBroadcaster(
  { folder, run, streams, signal, ladder = LADDER }: FleetInit,
  ports: readonly number[],
): Promise<Supervised> {
  const ladderFile = join(folder, 'ladder.json')
  writeFileSync(ladderFile, JSON.stringify(ladder))
  const names = ports.map((_, index) => orchestratorName(index))
  const orchestrators = ports.map((port, index) => `${names[index]}:${port}`).join(',')
  const listen = words(`--rtmp-addr ${ANY_PORT} --http-addr ${ANY_PORT}`)
  const work = words(`--orch-addr ${orchestrators} --transcoding-options ${ladderFile} --max-sessions ${2 * streams}`)
  return new Supervised({
    name: 'broadcaster',
    args: ['broadcaster', ...listen, ...work, ...COMMON],
    // Wide enough for a viewer that looks now and then.
    env: { [RUN_VARIABLE]: run, LP_HLS_WINDOW: '30' },
    hosts: Object.fromEntries(names.map((name) => [name, '127.0.0.1'])),
    folder,
    signal,
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
