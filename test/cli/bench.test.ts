import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { csvRow } from '../../src/bench/csv.ts'
import { treeUsage } from '../../src/bench/process-tree.ts'
import { answerText, tableHead, tableRow } from '../../src/bench/report.ts'
import { childrenOf } from '../e2e/node-process.ts'
import { CliProject, linesUntil } from './cli-project.ts'

/** A backend that takes three sessions and transcodes in no time. */
const quick = `
  import { definePlugin, LivepeerError } from '@livepeer-node/sdk'
  import { z } from 'zod'
  const rendition = { name: 'a', bytes: new Uint8Array(1), format: 'mpegts', frames: 60, pixels: 1000, width: 1, height: 1 }
  export default definePlugin({
    name: 'quick', kernel: '^0.1.0', options: z.strictObject({}), provides: ['transcode-backend'],
    apply(node) {
      let open = 0
      const backend = { name: 'quick', open: async () => {
        if (open >= 3) throw new LivepeerError({ code: 'OWN_FULL', kind: 'limit', message: 'full' })
        open += 1
        const transcode = async () => {
          await new Promise((resolve) => setTimeout(resolve, 1))
          return { renditions: [rendition], decodedFrames: 1, decodedPixels: 1, source: {} }
        }
        return { backend: 'quick', transcode, close: async () => { open -= 1 } }
      } }
      node.on.transcode.claim(() => (open < 3 ? backend : undefined))
      node.on.transcode.offers(() => [{ backend: 'quick', slots: 9, capabilities: [] }])
      node.on.lifecycle.ready(() => node.log.warn('the backend is ready'))
    },
  })`

function withQuickBackend(project: CliProject): void {
  project.write('quick.js', quick)
  // What else the config lists is not started.
  const plugins = ['./quick.js', ['@livepeer-node/plugin-http', { httpAddr: 'nonsense' }]]
  project.write('livepeer.config.json', { plugins })
}

describe('livepeer bench', () => {
  it('measures the backends of the config until they take no more, and says what to do with the answer', async () => {
    await using project = new CliProject()
    withQuickBackend(project)
    const args = ['bench', '--segments', '2', '--csv', 'out.csv', '--transcoding-options', 'P144p30fps16x9']
    const { exitCode, stdout, stderr } = await project.run(args)
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('the backend is ready')])
    expect(stdout).toMatch(
      /^source {2}a generated clip, h264 1280x720 30 fps, 1 segment of 2 s in all\nladder {2}P144p30fps16x9\n/,
    )
    expect(stdout).toMatch(/\n +sessions +segments +in time +p50 ms .*\n +1 +2 +2 .*\n +3 +6 +6 /)
    expect(stdout).toMatch(/\n3 sessions at once .*the backends take no more.*\nlivepeer transcoder --max-sessions 3$/)
    const rows = readFileSync(join(project.folder, 'out.csv'), 'utf8').trimEnd().split('\n')
    expect(rows[0]).toBe('timestamp,session,segment,seg_dur,transcode_time,frames')
    expect(rows).toHaveLength(1 + 2 + 6)
    expect(rows[1]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{4},0,0,2,0\.0\d+,60$/)
  })

  it('is one object for programs', async () => {
    await using project = new CliProject()
    withQuickBackend(project)
    const { exitCode, stdout } = await project.run(['bench', '--json', '--sessions', '2', '--segments', '1'])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      sessions: 2,
      limit: 0.8,
      limitedBy: 'maximum',
      steps: [{ sessions: 2, segments: 2, backends: { quick: 2 }, rssBytes: expect.any(Number) }],
    })
  })

  it('measures x264 with a film of the operator’s', async () => {
    await using project = new CliProject()
    const { generateClip } = await import('@livepeer-node/media')
    project.write('film.mp4', '')
    const clip = await generateClip({ seconds: 4, width: 160, height: 90, fps: 10, format: 'mp4' })
    const { writeFileSync } = await import('node:fs')
    writeFileSync(join(project.folder, 'film.mp4'), clip)
    const { exitCode, stdout } = await project.run(['bench', 'film.mp4', '--cpu', '--json', '--sessions', '1'])
    expect(exitCode).toBe(0)
    const { steps, source } = JSON.parse(stdout) as { steps: object[]; source: string }
    expect(source).toBe('film.mp4, h264 160x90 10 fps, 2 segments of 4 s in all')
    expect(steps).toMatchObject([{ segments: 8, backends: { 'cpu-x264': 1 } }])
  })

  it.each([
    [['nowhere.mp4'], 'LP_BENCH_INPUT', 3, /no such file/],
    [['text.mp4'], 'LP_BENCH_INPUT', 3, /no media/],
    [['--segments', '0'], 'LP_BENCH_FLAG', 3, /from 1 up/],
    [['--ratio', 'many'], 'LP_BENCH_FLAG', 3, /above 0/],
    [['--sessions', '1.5'], 'LP_BENCH_FLAG', 3, /from 1 up/],
    [['--transcoding-options', 'P1p'], 'LP_PRESET_UNKNOWN', 3, /P1p/],
    [['--csv', 'no/such/folder.csv'], 'LP_BENCH_CSV', 4, /cannot be written/],
    [['--sessions', '2', '--max-sessions', '3'], 'LP_USAGE', 2, /--sessions/],
  ])('%j is refused with %s', async (args, code, exit, text) => {
    await using project = new CliProject()
    withQuickBackend(project)
    project.write('text.mp4', 'no film '.repeat(500))
    const { exitCode, stdout } = await project.run(['bench', ...args, '--json'])
    expect(exitCode).toBe(exit)
    expect(JSON.parse(stdout)).toMatchObject({ errors: [{ code, message: expect.stringMatching(text) }] })
  })

  it('needs a backend', async () => {
    await using project = new CliProject()
    project.write('livepeer.config.json', { plugins: ['@livepeer-node/plugin-http'] })
    const { exitCode, stderr } = await project.run(['bench', '--sessions', '1'])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('LP_NO_BACKEND')])
  })

  it('Ctrl-C ends it and all its processes', async () => {
    await using project = new CliProject()
    const child = project.run(['bench', '--cpu', '--sessions', '1', '--segments', '1000'])
    await linesUntil(child.stdout, 'p50 ms')
    let workers: number[] = []
    while (workers.length === 0) workers = await childrenOf(child.pid ?? 0, 'transcode/worker')
    child.kill('SIGINT')
    const { exitCode, stderr } = await child
    expect([exitCode, stderr]).toEqual([130, ''])
    for (const pid of workers) while (isRunning(pid)) await delay(20)
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('its parts', () => {
  it('a row of the file is as livepeer_bench writes it', () => {
    const segment = { session: 3, segment: 7, durationMs: 2000, elapsedMs: 1234.567, frames: 60 }
    expect(csvRow(segment, new Date(2026, 0, 2, 3, 4, 5, 67))).toBe('2026-01-02 03:04:05.0670,3,7,2,1.235,60')
  })

  it('columns stand below their names', () => {
    const step = { sessions: 12, segments: 96, inTime: 90, p50Ms: 1000.4, p95Ms: 1900, p99Ms: 2100, ratio: 0.5 }
    const row = tableRow({ ...step, pixelsPerMs: 1, backends: {}, cpuPercent: undefined, rssBytes: 2_345_000_000 })
    expect(row).toMatch(/12 +96 +90 +1000 +1900 +2100 +0\.500 +- +2345$/)
    expect(row).toHaveLength(tableHead().length)
  })

  it('the answer says what ended the search', () => {
    const base = { pixelsPerMs: 50_000, steps: [], limitedBy: 'speed' } as const
    const say = (sessions: number, ratio: number) =>
      answerText({ ...base, sessions, ratio }, { limit: 0.8, fixed: false })
    expect(say(4, 0.75)).toBe(
      '4 sessions at once (ratio 0.750, 50.0 million pixels per second); one more is too many.\nlivepeer transcoder --max-sessions 4',
    )
    expect(say(1, 1.25)).toBe('Not one session keeps up here: ratio 1.250, the limit is 0.8.')
    expect(answerText({ ...base, sessions: 2, ratio: 0.9 }, { limit: 0.8, fixed: true })).toMatch(/above the limit/)
  })

  it.skipIf(process.platform !== 'linux')('what a process tree uses grows with its work', () => {
    const before = treeUsage()
    const until = performance.now() + 100
    while (performance.now() < until);
    const after = treeUsage()
    expect((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)).toBeGreaterThan(0)
    expect(after?.rssBytes).toBeGreaterThan(process.memoryUsage().rss / 2)
    expect(treeUsage(2 ** 30)).toBeUndefined()
  })
})
