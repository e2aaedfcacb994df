import { AV_FRAME_FLAG_KEY, AV_NOPTS_VALUE } from 'node-av/constants'
import { avRescaleQ, Frame, Packet, Rational } from 'node-av/lib'

export type { CodecParameters } from 'node-av/lib'
export { Frame, Packet, Rational }

/** "No time stamp" in a packet's or a frame's pts and dts. */
export const NO_TIME: bigint = AV_NOPTS_VALUE

/** Time in ms, as RTMP and FLV count it. */
export const MILLISECONDS = new Rational(1, 1000)
/** Time as MPEG-TS counts it. */
export const TICKS_90K = new Rational(1, 90_000)

/** An empty packet that owns its memory; dispose it. */
export function newPacket(): Packet {
  const packet = new Packet()
  packet.alloc()
  return packet
}

/** An empty frame that owns its memory; dispose it. */
export function newFrame(): Frame {
  const frame = new Frame()
  frame.alloc()
  return frame
}

/** A time in units of `from` as units of `to`, rounded to the nearest. */
export function rescale(time: bigint, from: Rational, to: Rational): bigint {
  return avRescaleQ(time, from, to)
}

/** Was this frame decoded from a key frame? */
export function isKeyFrame(frame: Frame): boolean {
  return frame.hasFlags(AV_FRAME_FLAG_KEY)
}
