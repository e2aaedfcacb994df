import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { Link } from '@livepeer-node/test-kit/faults'
import { Supervised } from './supervised.ts'

const SECRET = 'a shared secret for chaos'
const ANY_PORT = '127.0.0.1:0'
const PRESET = 'ultrafast'

export interface FleetInit {
  readonly orchestrators: number
  readonly transcoders: number
  readonly streams: number
  readonly folder: string
}

/** A transcoder and the way over which it reaches its orchestrator. */
export interface Member {
  readonly node: Supervised
  readonly link: Link
}

/** The name of an orchestrator, which each peer resolves to the near end of its own link. */
const orchestratorName = (index: number): string => `orchestrator-${index}.test`

/** Renditions so small that two cores carry twenty streams with room to spare. */
export const LADDER = [{ name: 'tiny', width: 160, height: 90, bitrate: 100_000, fps: 0, profile: 'h264baseline' }]

/** A broadcaster, orchestrators and transcoders, each a supervised process, each reached over links. */
export class Fleet {
  readonly run = randomUUID()
  readonly broadcaster: Supervised
  readonly orchestrators: readonly Supervised[]
  readonly transcoders: readonly Member[]

  private constructor(parts: Pick<Fleet, 'broadcaster' | 'orchestrators' | 'transcoders'>) {
    this.broadcaster = parts.broadcaster
    this.orchestrators = parts.orchestrators
    this.transcoders = parts.transcoders
  }

  get nodes(): readonly Supervised[] {
    return [this.broadcaster, ...this.orchestrators, ...this.transcoders.map(({ node }) => node)]
  }

  static async start({ orchestrators: count, transcoders, streams, folder }: FleetInit): Promise<Fleet> {
    const ports = await Promise.all(Array.from({ length: count }, freePort))
    const hosts = Object.fromEntries(ports.map((_, index) => [orchestratorName(index), '127.0.0.1']))
    const common = ['--cli-addr', ANY_PORT, '--log-level', 'debug']
    const orchestrators = await Promise.all(
      ports.map((port, index) => {
        const service = `${orchestratorName(index)}:${port}`
        const addresses = ['--service-addr', service, '--http-addr', `127.0.0.1:${port}`]
        const args = ['orchestrator', ...addresses, '--orch-secret', SECRET, '--max-sessions', 'auto', ...common]
        return new Supervised({ name: `orchestrator-${index}`, args, hosts, folder }).start()
      }),
    )
    const members = await Promise.all(
      Array.from({ length: transcoders }, async (_, index) => {
        const of = index % count
        const port = ports[of] ?? 0
        const near = `127.0.0.${11 + index}`
        const link = await Link.to(() => port, { host: near, port })
        const orchestrator = `${orchestratorName(of)}:${port}`
        const attach = ['--orch-addr', orchestrator, '--orch-secret', SECRET, '--max-sessions', String(streams)]
        const node = new Supervised({
          name: `transcoder-${index}`,
          args: ['transcoder', ...attach, ...common],
          env: { LP_CPU_X264_PRESET: PRESET },
          hosts: { [orchestratorName(of)]: near },
          folder,
        })
        return { node: await node.start(), link }
      }),
    )
    const ladder = join(folder, 'ladder.json')
    writeFileSync(ladder, JSON.stringify(LADDER))
    const orchAddr = ports.map((port, index) => `${orchestratorName(index)}:${port}`).join(',')
    const broadcaster = new Supervised({
      name: 'broadcaster',
      args: [
        ...['broadcaster', '--orch-addr', orchAddr, '--transcoding-options', ladder],
        ...['--max-sessions', String(2 * streams), '--rtmp-addr', ANY_PORT, '--http-addr', ANY_PORT, ...common],
      ],
      // Wide enough for a viewer that looks now and then.
      env: { LP_HLS_WINDOW: '30' },
      hosts,
      folder,
    })
    return new Fleet({ broadcaster: await broadcaster.start(), orchestrators, transcoders: members })
  }

  /** Stops everything, in the order in which work flows. */
  async stop(): Promise<void> {
    await this.broadcaster.stop()
    await Promise.all(this.transcoders.map(({ node }) => node.stop()))
    await Promise.all(this.orchestrators.map((node) => node.stop()))
    await Promise.all(this.transcoders.map(({ link }) => link[Symbol.asyncDispose]()))
  }
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
