import { parseArgs } from 'node:util'
import {
  corruptLink,
  crashWorker,
  diskFull,
  type Fault,
  hangWorker,
  kill,
  partition,
  pause,
  resetLink,
  slowLink,
  slowProcess,
} from '@livepeer-node/test-kit/faults'

/** All are done to transcoders, their workers and the ways to them. */
const FAULTS: readonly Fault[] = [
  kill(),
  crashWorker(),
  hangWorker(),
  pause(),
  slowProcess(),
  partition(),
  resetLink(),
  slowLink(),
  corruptLink(),
  diskFull(),
]

export interface ChaosOptions {
  readonly minutes: number
  readonly streams: number
  readonly transcoders: number
  readonly orchestrators: number
  /** The first so many transcoders are left alone: what grows with time is to be seen in a process that lives. */
  readonly spare: number
  /** Seconds between two faults. */
  readonly every: number
  readonly seed: number
  readonly faults: readonly Fault[]
  /** ms from a segment's arrival to its publication, past which it counts as late. */
  readonly lateMs: number
  /** The run fails where the memory of a process of ten minutes or more grows by 1 MB/h or more. */
  readonly assertRss: boolean
}

const USAGE = `usage: npm run chaos -- [--minutes 5] [--streams 8] [--transcoders 4] [--orchestrators 1] [--spare 0] [--every 10] [--seed 1]
                        [--faults ${FAULTS.map(({ name }) => name).join(',')}]
                        [--late-ms 2000] [--assert-rss 1]`

/** Ends the process where something is not understood. */
export function readOptions(args: readonly string[]): ChaosOptions {
  try {
    return parsed(args)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return process.exit(2)
  }
}

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const

function parsed(args: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: text('5'),
      streams: text('8'),
      transcoders: text('4'),
      orchestrators: text('1'),
      spare: text('0'),
      every: text('10'),
      seed: text('1'),
      faults: text(FAULTS.map(({ name }) => name).join(',')),
      'late-ms': text('2000'),
      'assert-rss': text('0'),
    },
  })
  const number = (name: keyof typeof values): number => {
    const value = Number(values[name])
    if (!(value >= 0)) throw new Error(`--${name} ${values[name]} is no number`)
    return value
  }
  return {
    minutes: number('minutes'),
    streams: number('streams'),
    transcoders: number('transcoders'),
    orchestrators: number('orchestrators'),
    spare: number('spare'),
    every: number('every'),
    seed: number('seed'),
    faults: values.faults.split(',').filter(Boolean).map(faultOf),
    lateMs: number('late-ms'),
    assertRss: number('assert-rss') > 0,
  }
}

function faultOf(name: string): Fault {
  const fault = FAULTS.find((one) => one.name === name)
  if (!fault) throw new Error(`there is no fault ${name}`)
  return fault
}
