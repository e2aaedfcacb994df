/** Under this spread of shades a picture has nothing to compare, as a black one. */
const FLAT = 4
/** Two flat pictures are alike when their shades are no further apart. */
const SHADES_APART = 48

/**
 * How much two portraits show the same, from -1 to 1: about 1 for one picture in two sizes and qualities, about 0 for two
 * pictures that have nothing to do with each other. Another brightness or contrast changes nothing.
 */
export function likeness(a: Uint8Array, b: Uint8Array): number {
  const [left, right] = [spread(a), spread(b)]
  const flats = [left, right].filter(({ deviation }) => deviation < FLAT).length
  if (flats === 2) return Math.abs(left.mean - right.mean) <= SHADES_APART ? 1 : 0
  if (flats === 1) return Math.max(left.deviation, right.deviation) > 3 * FLAT ? 0 : 1
  const together = a.reduce((sum, shade, i) => sum + (shade - left.mean) * ((b[i] ?? 0) - right.mean), 0)
  return together / a.length / (left.deviation * right.deviation)
}

function spread(shades: Uint8Array): { mean: number; deviation: number } {
  const mean = shades.reduce((sum, shade) => sum + shade, 0) / shades.length
  const variance = shades.reduce((sum, shade) => sum + (shade - mean) ** 2, 0) / shades.length
  return { mean, deviation: Math.sqrt(variance) }
}
