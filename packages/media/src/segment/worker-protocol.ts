import type { LivepeerErrorInit } from '@livepeer-node/sdk'
import type { SegmentOptions } from './options.ts'
import type { PacketBatch } from './packet-batch.ts'
import type { CutSegment, ResumePoint } from './segmenter.ts'

/** What came of a batch. */
export interface FeedResult {
  readonly segments: readonly CutSegment[]
  /** Set where a segment was finished: packets before it need not be kept. */
  readonly resume: ResumePoint | undefined
  /** The stream has failed and is closed; the segments were finished before. */
  readonly failure: LivepeerErrorInit | undefined
}

/** The segment worker: any number of streams, each known by a number of its parent's. */
export interface SegmentProtocol {
  readonly calls: {
    readonly open: {
      readonly in: {
        readonly stream: number
        readonly options: SegmentOptions
        readonly resume: ResumePoint | undefined
      }
      readonly out: undefined
    }
    /** With `end`, the open segment is cut and the stream is closed. */
    readonly feed: {
      readonly in: { readonly stream: number; readonly batch: PacketBatch; readonly end: boolean }
      readonly out: FeedResult
    }
    /** Drops the open segment. */
    readonly close: { readonly in: { readonly stream: number }; readonly out: undefined }
  }
}
