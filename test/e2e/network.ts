import { childrenOf, NodeProcess } from './node-process.ts'

const SECRET = 'a shared secret for tests'
const ANY_PORT = '127.0.0.1:0'

/** A broadcaster, an orchestrator and transcoders, each a process of its own, on ports of the system's choice. */
export class Network implements AsyncDisposable {
  readonly broadcaster: NodeProcess
  readonly orchestrator: NodeProcess
  readonly transcoders: readonly NodeProcess[]

  private constructor(broadcaster: NodeProcess, orchestrator: NodeProcess, transcoders: readonly NodeProcess[]) {
    this.broadcaster = broadcaster
    this.orchestrator = orchestrator
    this.transcoders = transcoders
  }

  static async start(options: { transcoders?: number; ladder?: string } = {}): Promise<Network> {
    const { transcoders: count = 1, ladder = 'P240p30fps16x9,P360p30fps16x9' } = options
    const orchestrator = await NodeProcess.start(
      'orchestrator',
      '--service-addr',
      ANY_PORT,
      '--cli-addr',
      ANY_PORT,
      '--orch-secret',
      SECRET,
    )
    const orchAddr = orchestrator.address('orchestrator')
    const transcoders: NodeProcess[] = []
    for (let i = 0; i < count; i++) {
      transcoders.push(
        await NodeProcess.start(
          'transcoder',
          '--orch-addr',
          orchAddr,
          '--orch-secret',
          SECRET,
          '--cli-addr',
          ANY_PORT,
          // Said, so that no start is spent on measuring.
          '--max-sessions',
          '10',
        ),
      )
    }
    const broadcaster = await NodeProcess.startWith(
      // A window that holds the whole stream: judged is what was published, not how quick the recorder was.
      { LP_HLS_WINDOW: '100' },
      'broadcaster',
      '--orch-addr',
      orchAddr,
      '--transcoding-options',
      ladder,
      '--rtmp-addr',
      ANY_PORT,
      '--http-addr',
      ANY_PORT,
      '--cli-addr',
      ANY_PORT,
    )
    return new Network(broadcaster, orchestrator, transcoders)
  }

  /** Where to push the stream of this name. */
  rtmpUrl(name: string): string {
    return `rtmp://${this.broadcaster.address('rtmp')}/live/${name}`
  }

  get httpBase(): string {
    return this.broadcaster.url('http')
  }

  /** The transcoder that has a session: its worker stands beside the warm spare. */
  async busiestTranscoder(): Promise<NodeProcess> {
    const workers = await Promise.all(
      this.transcoders.map(async (node) => ({
        node,
        count: (await childrenOf(node.child.pid ?? -1, 'transcode')).length,
      })),
    )
    const [busiest] = workers.toSorted((a, b) => b.count - a.count)
    if (!busiest) throw new Error('there is no transcoder')
    return busiest.node
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const node of [this.broadcaster, ...this.transcoders, this.orchestrator]) await node[Symbol.asyncDispose]()
  }
}
