export interface Size {
  readonly width: number
  readonly height: number
}

/** The encoders' bounds for H.264 (media.md §5.3). */
const MIN: Size = { width: 146, height: 50 }
const MAX: Size = { width: 4096, height: 4096 }

/**
 * The size of a rendition: the source's shape, the larger side asked for laid on the source's larger side, both sides
 * even, never under the encoder's minimum. The smaller side may exceed what was asked for (media.md §5.3).
 */
export function outputSize(asked: Size, input: Size): Size {
  const larger = Math.max(clamp(asked.width, MIN.width, MAX.width), clamp(asked.height, MIN.height, MAX.height))
  if (input.width >= input.height) {
    const tallEnough = (larger * input.height) / input.width >= MIN.height
    return tallEnough ? fromWidth(larger, input) : fromHeight(MIN.height, input)
  }
  const wideEnough = (larger * input.width) / input.height >= MIN.width
  return wideEnough ? fromHeight(larger, input) : fromWidth(MIN.width, input)
}

function fromWidth(wanted: number, input: Size): Size {
  const width = evenBelow(wanted)
  return { width, height: evenNearest((width * input.height) / input.width) }
}

function fromHeight(wanted: number, input: Size): Size {
  const height = evenBelow(wanted)
  return { width: evenNearest((height * input.width) / input.height), height }
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function evenBelow(value: number): number {
  return Math.trunc(value / 2) * 2
}

function evenNearest(value: number): number {
  return Math.round(value / 2) * 2
}
