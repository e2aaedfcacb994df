import { table } from './table.ts'

/** What `GET /transcoders` lists, as far as a person reads it. */
export interface ListedTranscoder {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly state: string
  readonly version?: string
  readonly devices: readonly { readonly backend: string; readonly id: string; readonly name: string }[]
  readonly declared: number
  readonly capacity: number
  readonly load: number
  readonly jobs: number
  readonly pixelsPerMs?: number
  readonly ratioP95?: number
  readonly segments: number
  readonly errors: Readonly<Record<string, number>>
}

/** What `GET /transcoders/tokens` lists; times in ms since 1970. */
export interface ListedToken {
  readonly name: string
  readonly createdAt: number
  readonly lastSeenAt?: number
}

const HEAD = [
  'NAME',
  'ADDRESS',
  'STATE',
  'SESSIONS',
  'JOBS',
  'P95',
  'SPEED',
  'SEGMENTS',
  'ERRORS',
  'VERSION',
  'DEVICES',
  'ID',
]

/** One line each; a star at a capacity says that it is less than declared. */
export function transcoderTable(transcoders: readonly ListedTranscoder[]): string {
  if (transcoders.length === 0) return 'No transcoder is attached.'
  return table([HEAD, ...transcoders.map(row)])
}

function row(one: ListedTranscoder): string[] {
  const { capacity, declared, load, pixelsPerMs, ratioP95 } = one
  return [
    one.name,
    one.address,
    one.state,
    `${load}/${capacity}${capacity < declared ? '*' : ''}`,
    String(one.jobs),
    ratioP95 === undefined ? '-' : ratioP95.toFixed(2),
    pixelsPerMs === undefined ? '-' : `${Math.round(pixelsPerMs / 1000)} MP/s`,
    String(one.segments),
    Object.entries(one.errors)
      .map(([code, count]) => `${code}:${count}`)
      .join(' ') || '-',
    one.version ?? '-',
    one.devices.map(({ backend, id, name }) => `${backend}:${id} ${name}`).join(', ') || '-',
    one.id,
  ]
}

export function tokenTable(tokens: readonly ListedToken[]): string {
  if (tokens.length === 0) return 'No tokens: transcoders attach with the shared secret.'
  const rows = tokens.map(({ name, createdAt, lastSeenAt }) => [
    name,
    time(createdAt),
    lastSeenAt ? time(lastSeenAt) : '-',
  ])
  return table([['NAME', 'MADE', 'LAST SEEN'], ...rows])
}

function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
