import { type Frame, NO_TIME, type Packet, Rational, rescale } from '../native/media-data.ts'

/**
 * Carries the source's PTS past an encoder that counts in frames. The encoder's rate control wants times in units of the
 * frame rate; what comes out gets back exactly what went in (media.md §6.3). Two frames of one tick are moved apart.
 */
export class PassthroughTicks {
  /** The unit that the encoder counts in. */
  readonly unit: Rational
  readonly #from: Rational
  readonly #times = new Map<bigint, bigint>()
  #last: bigint | undefined

  constructor(from: Rational, frameRate: Rational) {
    this.#from = from
    this.unit = new Rational(frameRate.den, frameRate.num)
  }

  /** Replaces the frame's pts by its tick. */
  enter(frame: Frame): void {
    let time = frame.pts
    let tick = rescale(time, this.#from, this.unit)
    if (this.#last !== undefined && tick <= this.#last) {
      tick = this.#last + 1n
      time = rescale(tick, this.unit, this.#from)
    }
    this.#last = tick
    this.#times.set(tick, time)
    frame.pts = tick
  }

  /** Gives the packet its time back, in the unit of the source. */
  leave(packet: Packet): void {
    const tick = packet.pts
    const time = this.#times.get(tick) ?? rescale(tick, this.unit, this.#from)
    this.#times.delete(tick)
    const lag = rescale(tick - packet.dts, this.unit, this.#from)
    packet.pts = time
    packet.dts = time - lag
  }
}

/** Decides which frames become key frames beyond what the encoder does by itself. */
export class KeyFramePlan {
  readonly #distance: bigint | undefined
  #next: bigint | undefined
  #first = true

  /** `distanceMs` 0: the first frame only. `unit` is that of the frames' pts. */
  constructor(distanceMs: number, unit: Rational) {
    this.#distance = distanceMs > 0 ? rescale(BigInt(distanceMs), new Rational(1, 1000), unit) : undefined
  }

  isKey(pts: bigint): boolean {
    const first = this.#first
    this.#first = false
    if (this.#distance === undefined) return first
    if (this.#next !== undefined && pts < this.#next) return first
    this.#next = pts + this.#distance
    return true
  }
}

/** Keeps one stream's times in an order that muxers accept (media.md §6.6). */
export class TimeRepair {
  readonly #fromZero: boolean
  #last: bigint | undefined

  /**
   * `fromZero`: the container has no negative times. The first DTS of a stream that starts at 0 with B-frames are then
   * pressed together at 0; the muxer would move all times, PTS too, by the encoder's delay.
   */
  constructor(fromZero: boolean) {
    this.#fromZero = fromZero
  }

  /** DTS after PTS, and DTS that do not rise, are moved as little as possible. */
  repair(packet: Packet): void {
    let { pts, dts } = packet
    if (dts === NO_TIME) return
    if (this.#fromZero && dts < 0n && pts >= 0n) dts = 0n
    if (pts !== NO_TIME && dts > pts) pts = dts = median(pts, dts, (this.#last ?? 0n) + 1n)
    if (this.#last !== undefined && dts <= this.#last) {
      dts = this.#last + 1n
      if (pts !== NO_TIME && pts < dts) pts = dts
    }
    if (dts !== packet.dts) packet.dts = dts
    if (pts !== packet.pts) packet.pts = pts
    this.#last = dts
  }
}

function median(a: bigint, b: bigint, c: bigint): bigint {
  const sorted = [a, b, c].toSorted((x, y) => (x < y ? -1 : x > y ? 1 : 0))
  return sorted[1] as bigint
}
