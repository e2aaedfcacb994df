import {
  type Clock,
  type CloseReason,
  type Ladder,
  type MediaPacket,
  type PacketSink,
  type Plugin,
  type Publication,
  type PublishedSegment,
  type Publisher,
  type PublishRequest,
  type Segment,
  type SegmentReport,
  type SegmentSink,
} from '@livepeer-node/sdk'
import {
  aLadder,
  aPublishRequest,
  aSegment,
  createTestNodeWith,
  pluginFor,
  someBytes,
  type TestNode,
} from '@livepeer-node/test-kit'
import broadcaster from '../../src/index.ts'
import type { OrchestratorDouble } from './orchestrator-double.ts'

type Options = Parameters<typeof broadcaster>[0]

export interface RigOptions {
  readonly options?: Options
  readonly orchestrators?: readonly OrchestratorDouble[]
  readonly ladder?: Ladder
  readonly plugins?: readonly Plugin[]
  readonly clock?: Clock
  /** Default true: the ladder is given by `ingest.plan`. */
  readonly plan?: boolean
  /** Default true. */
  readonly segmenter?: boolean
  readonly publisher?: () => Publisher
}

/** A stream as the tests drive it. */
export interface RigStream {
  readonly publication: Publication
  /** What the segmenter was given. */
  readonly packets: MediaPacket[]
  readonly sink: SegmentSink
  /** The segmenter's `end` gives these out first. */
  readonly tail: Segment[]
  readonly published: PublishedSegment[]
  readonly ended: CloseReason[]
  /** Pushes the next segment and returns it. */
  push(over?: Partial<Segment>): Segment
  /** Resolves when `count` segments have come to the recorder. */
  shown(count: number): Promise<readonly PublishedSegment[]>
  /** Resolves when `count` segments are with all publishers and reported. */
  until(count: number): Promise<readonly PublishedSegment[]>
}

export interface Rig extends AsyncDisposable {
  readonly node: TestNode
  readonly reports: SegmentReport[]
  readonly closed: string[]
  publish(over?: Partial<PublishRequest>): Promise<RigStream>
  /** Codes of the warnings and errors so far. */
  codes(): unknown[]
}

interface Opened {
  readonly sink: SegmentSink
  readonly packets: MediaPacket[]
  readonly tail: Segment[]
}

/** A node of the broadcaster alone, with doubles for the plugins around it. */
export async function startRig(rig: RigOptions = {}): Promise<Rig> {
  const streams = new Map<string, RigStream>()
  const opened = new Map<string, Opened>()
  const reports: SegmentReport[] = []
  const closed: string[] = []
  const waiting = new Set<() => void>()
  const look = () => waiting.forEach((check) => check())
  const seen = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => {
        if (!condition()) return
        waiting.delete(check)
        resolve()
      }
      waiting.add(check)
      check()
    })
  const around = pluginFor('around', (node) => {
    if (rig.segmenter !== false)
      node.on.segment.open((stream, sink) => {
        const packets: MediaPacket[] = []
        const tail: Segment[] = []
        opened.set(stream.id, { sink, packets, tail })
        return packetSink(packets, async () => tail.forEach((segment) => sink.segment(segment)))
      })
    if (rig.plan !== false) node.on.ingest.plan(() => rig.ladder ?? aLadder())
    node.on.publish.open((stream) => [
      recorder(() => streams.get(stream.id), look),
      ...(rig.publisher ? [rig.publisher()] : []),
    ])
    node.on.segment.reported((report) => {
      reports.push(report)
      look()
    })
    node.on.ingest.closed((stream, reason) => void closed.push(`${stream.id} ${reason}`))
  })
  const orchAddr = rig.orchestrators?.map(({ uri }) => uri) ?? []
  const node = await createTestNodeWith({
    plugins: [around, broadcaster({ orchAddr, ...rig.options }), ...(rig.plugins ?? [])],
    ...(rig.clock && { clock: rig.clock }),
  })
  const publish = async (over: Partial<PublishRequest> = {}) => {
    const publication = await node.run.ingest.publish(aPublishRequest({ streamKey: undefined, ...over }))
    if (!publication) throw new Error('no broadcaster')
    const { id } = publication.stream
    const own = opened.get(id)
    if (!own) throw new Error('no segmenter')
    let seq = 0
    const published: PublishedSegment[] = []
    const stream: RigStream = {
      publication,
      ...own,
      published,
      ended: [],
      push: (change = {}) => {
        const segment = aSegment({ streamId: id, seq, bytes: someBytes(3 + (seq % 5)), ...change })
        seq += 1
        own.sink.segment(segment)
        return segment
      },
      shown: async (count) => {
        await seen(() => published.length >= count)
        return published
      },
      until: async (count) => {
        await seen(() => published.length >= count && reportsOf(reports, id) >= count)
        return published
      },
    }
    streams.set(id, stream)
    return stream
  }
  return {
    node,
    reports,
    closed,
    publish,
    codes: () => node.lines.flatMap(({ fields }) => (fields['code'] === undefined ? [] : [fields['code']])),
    [Symbol.asyncDispose]: () => node.stop(),
  }
}

function reportsOf(reports: readonly SegmentReport[], id: string): number {
  return reports.filter(({ streamId }) => streamId === id).length
}

function packetSink(packets: MediaPacket[], end: () => Promise<void>): PacketSink {
  return {
    write: (packet) => packets.push(packet) > 0,
    ready: () => Promise.resolve(),
    end,
    abort: () => Promise.resolve(),
  }
}

function recorder(stream: () => RigStream | undefined, look: () => void): Publisher {
  return {
    publish: async (segment) => {
      stream()?.published.push(segment)
      look()
    },
    end: async (reason) => {
      stream()?.ended.push(reason)
    },
  }
}

/** Names of the renditions that are there, and `-name` for those that are missing. */
export function shape(segment: PublishedSegment | undefined): string[] {
  return (segment?.renditions ?? []).map(({ ok, name }) => (ok ? name : `-${name}`))
}
