import { Encoder } from '../native/encoder.ts'
import { SourceChain } from '../native/filter-chain.ts'
import { type Frame, MILLISECONDS, newFrame, newPacket, type Packet, Rational, rescale } from '../native/media-data.ts'
import { SeekableWriter, StreamWriter } from '../native/memory-io.ts'
import { faststart } from '../native/mp4-boxes.ts'
import { Muxer, wantsGlobalHeader } from '../native/muxer.ts'
import type { ClipOptions } from './types.ts'

const SAMPLE_RATE = 48_000
const SAMPLES_PER_PACKET = 1024

/** One stream of the clip: a generator, an encoder and the stream's place in the output. */
interface Track {
  readonly source: SourceChain
  readonly encoder: Encoder
  readonly index: number
  /** Frames to make in all. */
  readonly total: number
  /** Length of a frame in units of the encoder's time base. */
  readonly step: number
  made: number
}

/** Makes the clip, see `generateClip`. */
export function generate(options: ClipOptions, beat: () => void): Buffer {
  using stack = new DisposableStack()
  const format = options.format ?? 'mpegts'
  const writer = stack.use(format === 'mpegts' ? new StreamWriter() : new SeekableWriter())
  const muxer = stack.use(new Muxer(writer, format))
  const tracks: Track[] = []
  if (options.video ?? true) tracks.push(videoTrack(options, muxer, stack))
  if (options.audio ?? true) tracks.push(audioTrack(options, muxer, stack))
  muxer.start()
  const scratch = {
    frame: stack.use(newFrame()),
    packet: stack.use(newPacket()),
    muxer,
    startMs: options.startPtsMs ?? 0,
  }
  for (let track = behind(tracks); track; track = behind(tracks)) {
    step(track, scratch)
    beat()
  }
  for (const track of tracks) {
    track.encoder.send(null)
    drain(track, scratch)
  }
  const bytes = muxer.finish()
  return format === 'mp4' ? faststart(bytes) : bytes
}

function videoTrack(options: ClipOptions, muxer: Muxer, stack: DisposableStack): Track {
  const [num, den] = typeof options.fps === 'number' ? [options.fps, 1] : options.fps
  const source = stack.use(
    new SourceChain(
      `${options.picture ?? 'testsrc2'}=s=${options.width}x${options.height}:r=${num}/${den},format=yuv420p`,
      'video',
    ),
  )
  const bitrate = String(options.bitrate ?? 500_000)
  const gop = String(Math.max(1, Math.round(((options.gopMs ?? 2000) * num) / den / 1000)))
  const encoder = stack.use(
    Encoder.video({
      codec: 'libx264',
      picture: {
        width: options.width,
        height: options.height,
        timeBase: source.timeBase,
        sampleAspectRatio: new Rational(1, 1),
        colorRange: 0,
        colorSpace: 2,
      },
      timeBase: new Rational(den, num),
      frameRate: new Rational(num, den),
      globalHeader: wantsGlobalHeader(options.format ?? 'mpegts'),
      options: {
        preset: 'ultrafast',
        bf: String(options.bFrames ?? 0),
        g: gop,
        keyint_min: gop,
        sc_threshold: '0',
        b: bitrate,
        maxrate: bitrate,
        bufsize: bitrate,
      },
    }),
  )
  const total = Math.round((options.seconds * num) / den)
  return { source, encoder, index: muxer.addEncoded(encoder, encoder.timeBase), total, step: 1, made: 0 }
}

function audioTrack(options: ClipOptions, muxer: Muxer, stack: DisposableStack): Track {
  const filters = `sine=f=440:r=${SAMPLE_RATE},aformat=sample_fmts=fltp:channel_layouts=stereo,asetnsamples=n=${SAMPLES_PER_PACKET}`
  const source = stack.use(new SourceChain(filters, 'audio'))
  const globalHeader = wantsGlobalHeader(options.format ?? 'mpegts')
  const encoder = stack.use(Encoder.aac({ sampleRate: SAMPLE_RATE, bitrate: 64_000, globalHeader }))
  const total = Math.floor((options.seconds * SAMPLE_RATE) / SAMPLES_PER_PACKET)
  const index = muxer.addEncoded(encoder, encoder.timeBase)
  return { source, encoder, index, total, step: SAMPLES_PER_PACKET, made: 0 }
}

/** The track whose next frame is due first; `undefined` when all are made. */
function behind(tracks: readonly Track[]): Track | undefined {
  const due = (track: Track): number =>
    (track.made * track.step * track.encoder.timeBase.num) / track.encoder.timeBase.den
  return tracks.filter((track) => track.made < track.total).toSorted((a, b) => due(a) - due(b))[0]
}

interface Scratch {
  readonly frame: Frame
  readonly packet: Packet
  readonly muxer: Muxer
  readonly startMs: number
}

function step(track: Track, scratch: Scratch): void {
  const { frame } = scratch
  track.source.pull(frame)
  // The AAC encoder's first packet lies one packet before its first frame: it shall be at 0 all the same.
  const lead = track.step === SAMPLES_PER_PACKET ? SAMPLES_PER_PACKET : 0
  frame.pts = BigInt(track.made * track.step + lead)
  track.encoder.send(frame)
  frame.unref()
  track.made++
  drain(track, scratch)
}

function drain(track: Track, { packet, muxer, startMs }: Scratch): void {
  while (track.encoder.receive(packet)) {
    const unit = muxer.timeBase(track.index)
    const start = rescale(BigInt(startMs), MILLISECONDS, unit)
    packet.rescaleTs(track.encoder.timeBase, unit)
    packet.pts += start
    packet.dts += start
    muxer.write(packet, track.index)
  }
}
