const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const PATTERN = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/

/** `500ms`, `30s`, `1.5m`, `1h` in ms; `undefined`: it is none of these. */
export function parseDuration(text: string): number | undefined {
  const [, count = '', unit = ''] = PATTERN.exec(text.trim()) ?? []
  const unitMs = UNITS[unit]
  return unitMs === undefined ? undefined : Math.round(Number(count) * unitMs)
}
