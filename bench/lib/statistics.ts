/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = NaN, high = NaN] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}

/** Least-squares slope of `y` over its index. */
export function slope(y: readonly number[]): number {
  const n = y.length
  const meanX = (n - 1) / 2
  const meanY = y.reduce((sum, value) => sum + value, 0) / n
  const covariance = y.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0)
  const variance = y.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0)
  return covariance / variance
}

/** Two decimals are enough for a ratio. */
export function round(value: number, decimals = 2): number {
  return Number(value.toFixed(decimals))
}

/** The smallest value that `percent` of them do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? NaN
}
