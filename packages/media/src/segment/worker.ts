import { Demuxer } from '../native/demuxer.ts'
import { logWarningsOnly } from '../native/log.ts'
import { newPacket } from '../native/media-data.ts'
import { describeInput } from '../native/media-info.ts'
import { MemoryReader } from '../native/memory-io.ts'
import { packError } from '../supervisor/protocol.ts'
import { serveWorker } from '../supervisor/worker-host.ts'
import { unpackBatch } from './packet-batch.ts'
import { WriterPool } from './segment-writer.ts'
import { Segmenter, type CutSegment, type ResumePoint, type SegmenterParts } from './segmenter.ts'
import type { FeedResult, SegmentProtocol } from './worker-protocol.ts'

interface OpenStream {
  readonly segmenter: Segmenter
  /** Since the last answer. */
  segments: CutSegment[]
  resume: ResumePoint | undefined
}

logWarningsOnly()
const reader = new MemoryReader()
const parts: SegmenterParts = {
  pool: new WriterPool(),
  packet: newPacket(),
  probe: (bytes) => {
    using demuxer = new Demuxer(reader, bytes)
    return describeInput(demuxer, bytes)
  },
}
const streams = new Map<number, OpenStream>()

serveWorker<SegmentProtocol>(() => ({
  open({ stream, options, resume }) {
    close(stream)
    const events = {
      segment: (segment: CutSegment) => void opened.segments.push(segment),
      resumable: (point: ResumePoint) => void (opened.resume = point),
    }
    const segmenter = new Segmenter(options, parts, { events, ...(resume && { resume }) })
    const opened: OpenStream = { segmenter, segments: [], resume: undefined }
    streams.set(stream, opened)
    return undefined
  },
  feed({ stream, batch, end }) {
    const opened = streams.get(stream)
    if (!opened) throw new Error(`Stream ${stream} is not open.`)
    const failure = attempt(() => {
      for (const packet of unpackBatch(batch)) opened.segmenter.push(packet)
      if (end) opened.segmenter.end()
    })
    const result: FeedResult = { segments: opened.segments, resume: opened.resume, failure }
    opened.segments = []
    opened.resume = undefined
    if (end || failure) close(stream)
    return result
  },
  close({ stream }) {
    close(stream)
    return undefined
  },
}))

function attempt(work: () => void): FeedResult['failure'] {
  try {
    work()
    return undefined
  } catch (error) {
    return packError(error)
  }
}

function close(stream: number): void {
  streams.get(stream)?.segmenter[Symbol.dispose]()
  streams.delete(stream)
}
