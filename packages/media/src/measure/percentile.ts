/** The value that `share` (0 to 1) of the values do not exceed, by nearest rank; 0 where there are none. */
export function percentile(values: readonly number[], share: number): number {
  return nearestRank(ascending(values), share) ?? 0
}

export function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b)
}

/** The same of values that are sorted already; `undefined` where there are none. */
export function nearestRank(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
