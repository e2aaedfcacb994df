// npm run bench -- <name> [options]. Each bench prints what it does on stderr and ends with one JSON line on stdout.
import { parseArgs } from 'node:util'

const BENCHES = ['ladder', 'ingest', 'relay', 'overhead', 'crash', 'startup', 'memory', 'tickets', 'simulator'] as const
type BenchName = (typeof BENCHES)[number]

/** Options that every bench understands; each takes the ones that mean something to it. */
export interface BenchOptions {
  /** Counted runs of each side. */
  readonly runs: number
  /** Streams at once. */
  readonly streams: number
  readonly seconds: number
  readonly segments: number
}

export interface Bench {
  readonly defaults: BenchOptions
  run(options: BenchOptions): Promise<Readonly<Record<string, number | string>>>
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string' },
    streams: { type: 'string' },
    seconds: { type: 'string' },
    segments: { type: 'string' },
  },
})
const name = positionals[0] as BenchName | undefined
if (name === undefined || !BENCHES.includes(name)) {
  console.error(`usage: npm run bench -- ${BENCHES.join('|')} [--runs N] [--streams N] [--seconds N] [--segments N]`)
  process.exit(2)
}

const { bench } = (await import(`./${name}.ts`)) as { bench: Bench }
const given = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Number(value)]))
const result = await bench.run({ ...bench.defaults, ...given })
console.log(JSON.stringify({ bench: name, ...result }))
