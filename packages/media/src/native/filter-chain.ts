import { AV_BUFFERSRC_FLAG_KEEP_REF } from 'node-av/constants'
import { Filter, type FilterContext, FilterGraph, FilterInOut } from 'node-av/lib'
import { check, outcome, required } from './errors.ts'
import type { Frame, Rational } from './media-data.ts'

const FAILURE = { code: 'LP_FILTER', kind: 'bug' } as const
const WIRE_TEXT = 'Error initializing filtergraph'

/** What an encoder behind the chain has to know. */
export interface PictureFormat {
  readonly width: number
  readonly height: number
  readonly timeBase: Rational
  readonly sampleAspectRatio: Rational
  readonly colorRange: number
  readonly colorSpace: number
}

export interface FilterChainInit {
  /** FFmpeg's notation, as `scale=640:360,fps=30`. */
  readonly filters: string
  /** The first frame: its size, format and colours are those of all that follow. */
  readonly frame: Frame
  readonly timeBase: Rational
  /** 0 = as many as there are cores. */
  readonly threads?: number
}

/** A line of video filters with one way in and one way out. */
export class FilterChain implements Disposable {
  readonly #graph = new FilterGraph()
  readonly #source: FilterContext
  readonly #sink: FilterContext

  constructor(init: FilterChainInit) {
    this.#graph.alloc()
    try {
      if (init.threads) this.#graph.nbThreads = init.threads
      this.#source = init.frame.isHwFrame() ? this.#hardwareSource(init) : this.#memorySource(init)
      this.#sink = required(this.#graph.createFilter(buffer('buffersink'), 'out', null), 'filter sink', WIRE_TEXT)
      using open = pad('in', this.#source)
      using end = pad('out', this.#sink)
      check(this.#graph.parsePtr(init.filters, end, open), 'reading the filters', FAILURE)
      check(this.#graph.configSync(), 'setting up the filters', FAILURE)
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  get format(): PictureFormat {
    return {
      width: this.#sink.buffersinkGetWidth(),
      height: this.#sink.buffersinkGetHeight(),
      timeBase: this.#sink.buffersinkGetTimeBase(),
      sampleAspectRatio: this.#sink.buffersinkGetSampleAspectRatio(),
      colorRange: this.#sink.buffersinkGetColorRange(),
      colorSpace: this.#sink.buffersinkGetColorspace(),
    }
  }

  /** Takes a reference to `frame`; `null` is the end. */
  push(frame: Frame | null): void {
    check(
      this.#source.buffersrcAddFrameSync(frame, frame ? AV_BUFFERSRC_FLAG_KEEP_REF : undefined),
      'filtering',
      FAILURE,
    )
  }

  /** True: `frame` holds the next one, yours to `unref()`. False: none for now, or none any more. */
  pull(frame: Frame): boolean {
    return outcome(this.#sink.buffersinkGetFrameSync(frame), 'filtering') === 'got'
  }

  [Symbol.dispose](): void {
    this.#graph.free()
  }

  #memorySource({ frame, timeBase }: FilterChainInit): FilterContext {
    const aspect = frame.sampleAspectRatio
    const args = [
      `video_size=${frame.width}x${frame.height}`,
      `pix_fmt=${frame.format}`,
      `time_base=${timeBase.num}/${timeBase.den}`,
      `pixel_aspect=${aspect.num}/${aspect.den || 1}`,
      `colorspace=${frame.colorSpace}`,
      `range=${frame.colorRange}`,
    ].join(':')
    return required(this.#graph.createFilter(buffer('buffer'), 'in', args), 'filter source', WIRE_TEXT)
  }

  /** Frames on a card: the source has to know their pool before it is initialised. */
  #hardwareSource({ frame, timeBase }: FilterChainInit): FilterContext {
    const source = required(this.#graph.allocFilter(buffer('buffer'), 'in'), 'filter source', WIRE_TEXT)
    const parameters = {
      width: frame.width,
      height: frame.height,
      format: frame.format,
      timeBase,
      sampleAspectRatio: frame.sampleAspectRatio,
      colorRange: frame.colorRange,
      colorSpace: frame.colorSpace,
      hwFramesCtx: frame.hwFramesCtx,
    }
    check(source.buffersrcParametersSet(parameters), 'filter source', FAILURE)
    check(source.init(null), 'filter source', FAILURE)
    return source
  }
}

/** A generator, as `testsrc2=…` or `sine=…`: gives frames without end. */
export class SourceChain implements Disposable {
  readonly #graph = new FilterGraph()
  readonly #sink: FilterContext

  constructor(filters: string, kind: 'video' | 'audio') {
    this.#graph.alloc()
    try {
      const sink = this.#graph.createFilter(buffer(kind === 'video' ? 'buffersink' : 'abuffersink'), 'out', null)
      this.#sink = required(sink, 'filter sink', WIRE_TEXT)
      using end = pad('out', this.#sink)
      check(this.#graph.parsePtr(`${filters}[out]`, end, null), 'reading the filters', FAILURE)
      check(this.#graph.configSync(), 'setting up the filters', FAILURE)
    } catch (error) {
      this[Symbol.dispose]()
      throw error
    }
  }

  get timeBase(): Rational {
    return this.#sink.buffersinkGetTimeBase()
  }

  /** The next frame, yours to `unref()`; false when a source with an end has ended. */
  pull(frame: Frame): boolean {
    return outcome(this.#sink.buffersinkGetFrameSync(frame), 'generating') === 'got'
  }

  [Symbol.dispose](): void {
    this.#graph.free()
  }
}

function buffer(name: string): Filter {
  return required(Filter.getByName(name), name, 'Filter not found')
}

function pad(name: string, context: FilterContext): FilterInOut {
  const end = new FilterInOut()
  end.alloc()
  end.name = name
  end.filterCtx = context
  end.padIdx = 0
  return end
}
