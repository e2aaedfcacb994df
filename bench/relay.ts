import { join } from 'node:path'
import { NodeProcess } from '../test/e2e/node-process.ts'
import { cpuSecondsOf } from './lib/cpu.ts'
import { median, round } from './lib/statistics.ts'
import { Uploader } from './relay/load.ts'
import type { Bench, BenchOptions } from './run.ts'

const SEGMENT_BYTES = 640_000
const WARM_UP_SEGMENTS = 300

/**
 * An orchestrator process, CPU time per segment of 640 kB posted over HTTP/2 and TLS; this process is the load. Three
 * ways: a transcoder in the orchestrator's process that does nothing; the same, and the renditions are fetched; and a
 * transcoder attached from another process that fetches each segment and posts renditions back.
 */
export const bench: Bench = {
  defaults: { segments: 1500, streams: 8, runs: 3, seconds: 0 },
  async run(options) {
    const local = await withLocal(async (uri, pid) => ({
      upload: await cost({ uri, pid, fetch: false, ...options }),
      fetch: await cost({ uri, pid, fetch: true, ...options }),
    }))
    const attached = await withAttached((uri, pid) => cost({ uri, pid, fetch: false, ...options }))
    return {
      segmentsPerCoreSecond: round(1000 / local.upload, 1),
      cpuMsPerSegment: round(local.upload),
      fetchedCpuMsPerSegment: round(local.fetch),
      attachedCpuMsPerSegment: round(attached),
      segmentBytes: SEGMENT_BYTES,
      segments: options.segments,
      streams: options.streams,
      runs: options.runs,
    }
  },
}

const config = (name: string): string => join(import.meta.dirname, `relay/${name}.config.ts`)

function start(name: string, ...more: string[]): Promise<NodeProcess> {
  return NodeProcess.start('start', '--config', config(name), '--log-level', 'warn', ...more)
}

async function withLocal<T>(measure: (uri: string, pid: number) => Promise<T>): Promise<T> {
  await using orchestrator = await start('local')
  return await measure(orchestrator.url('orchestrator'), pidOf(orchestrator))
}

async function withAttached<T>(measure: (uri: string, pid: number) => Promise<T>): Promise<T> {
  await using orchestrator = await start('orchestrator')
  await using others = new AsyncDisposableStack()
  others.use(await start('transcoder', '--orch-addr', orchestrator.address('orchestrator')))
  return await measure(orchestrator.url('orchestrator'), pidOf(orchestrator))
}

function pidOf({ child }: NodeProcess): number {
  if (child.pid === undefined) throw new Error('no process')
  return child.pid
}

interface Load extends BenchOptions {
  readonly uri: string
  readonly pid: number
  readonly fetch: boolean
}

/** Median over the runs of CPU ms per segment. */
async function cost({ uri, pid, fetch, segments, streams, runs }: Load): Promise<number> {
  const uploaders = Array.from({ length: streams }, () => new Uploader(uri, SEGMENT_BYTES))
  await Promise.all(uploaders.map((uploader) => uploader.discover()))
  const relay = async (count: number): Promise<void> => {
    let left = count
    const keepBusy = async (uploader: Uploader): Promise<void> => {
      while (left-- > 0) await uploader.segment(fetch)
    }
    await Promise.all(uploaders.map(keepBusy))
  }
  await relay(Math.min(segments, WARM_UP_SEGMENTS))
  const costs: number[] = []
  for (let run = 0; run < runs; run++) {
    const [cpuBefore, begun] = [cpuSecondsOf(pid), performance.now()]
    await relay(segments)
    const perSegment = ((cpuSecondsOf(pid) - cpuBefore) * 1000) / segments
    costs.push(perSegment)
    const wall = (performance.now() - begun) / segments
    console.error(
      `${fetch ? 'fetched' : 'posted'}: ${perSegment.toFixed(2)} ms CPU, ${wall.toFixed(2)} ms wall a segment`,
    )
  }
  for (const uploader of uploaders) uploader.close()
  return median(costs)
}
