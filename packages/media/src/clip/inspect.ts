import { Decoder } from '../native/decoder.ts'
import { Demuxer } from '../native/demuxer.ts'
import {
  type Frame,
  isKeyFrame,
  newFrame,
  newPacket,
  type Packet,
  type Rational,
  rescale,
  TICKS_90K,
} from '../native/media-data.ts'
import { describeInput, hasPictures } from '../native/media-info.ts'
import { MemoryReader } from '../native/memory-io.ts'
import type { InspectedFrame, InspectedPacket, Inspection } from './types.ts'

/** Looks at everything, see `inspect`. */
export function inspectMedia(bytes: Uint8Array, beat: () => void): Inspection {
  using reader = new MemoryReader()
  using demuxer = new Demuxer(reader, bytes)
  using packet = newPacket()
  using frame = newFrame()
  const { video } = demuxer
  using decoder = video && hasPictures(video) ? new Decoder(video, frame) : undefined
  const frames: InspectedFrame[] = []
  const packets = { video: [] as InspectedPacket[], audio: [] as InspectedPacket[] }
  const keep = (decoded: Frame): void => {
    if (video) frames.push(describeFrame(decoded, video.timeBase))
    beat()
  }
  for (let stream = demuxer.read(packet); stream; stream = demuxer.read(packet)) {
    packets[stream === video ? 'video' : 'audio'].push(describePacket(packet, stream.timeBase))
    if (stream === video) decoder?.decode(packet, keep)
    packet.unref()
  }
  decoder?.decode(null, keep)
  return {
    info: describeInput(demuxer, bytes),
    video: { frames, packets: packets.video },
    audio: { packets: packets.audio },
    decodeErrors: decoder?.errors ?? 0,
  }
}

function describePacket(packet: Packet, unit: Rational): InspectedPacket {
  return {
    pts90k: ticks(packet.pts, unit),
    dts90k: ticks(packet.dts, unit),
    key: packet.isKeyframe,
    bytes: packet.size,
  }
}

function describeFrame(frame: Frame, unit: Rational): InspectedFrame {
  return { pts90k: ticks(frame.pts, unit), key: isKeyFrame(frame), width: frame.width, height: frame.height }
}

function ticks(time: bigint, unit: Rational): number {
  return Number(rescale(time, unit, TICKS_90K))
}
