import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HlsRecorder } from './hls-recorder.ts'
import { expectLadder, showAll } from './judge.ts'
import { Network } from './network.ts'
import { childrenOf } from './node-process.ts'
import { bFrameSource, encodeFile, FfmpegPublisher, hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('drain: skipped, there is no ffmpeg to publish with')

describe.skipIf(!hasFfmpeg)('SIGTERM in the middle of a stream', () => {
  let folder: string
  let file: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'livepeer-drain-'))
    file = join(folder, 'source.flv')
    await encodeFile(bFrameSource(20), file)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('lets a broadcaster finish: the last segments are shown, the list is closed, no child is left, exit code 0', async () => {
    await using network = await Network.start()
    const { broadcaster } = network
    const recorder = new HlsRecorder(network.httpBase, 'drained')
    const recording = recorder.record(AbortSignal.timeout(60_000))
    await using publisher = new FfmpegPublisher(['-re', '-i', file, '-c', 'copy'], network.rtmpUrl('drained'))
    await recorder.reached('P360p30fps16x9', 3)
    const workers = await childrenOf(broadcaster.child.pid ?? -1, 'worker')
    expect(workers.length).toBeGreaterThan(0)

    broadcaster.child.kill('SIGTERM')
    await recording
    expect(await broadcaster.exited()).toEqual({ code: 0, signal: null })
    for (const worker of workers) expect(() => process.kill(worker, 0)).toThrow('ESRCH')
    await expect(publisher.finished()).rejects.toBeInstanceOf(Error)

    expectLadder(await showAll(recorder), 30)
  })

  it('lets the transcoder that works leave: the other one takes over, nothing is missing', async () => {
    await using network = await Network.start({ transcoders: 2 })
    const recorder = new HlsRecorder(network.httpBase, 'handed-over')
    const recording = recorder.record(AbortSignal.timeout(60_000))
    await using publisher = new FfmpegPublisher(
      ['-re', '-t', '12', '-i', file, '-c', 'copy'],
      network.rtmpUrl('handed-over'),
    )
    await recorder.reached('P360p30fps16x9', 2)
    const busy = await network.busiestTranscoder()
    const [left] = await Promise.all([busy.stop('SIGTERM'), publisher.finished(), recording])
    expect(left).toBe(0)

    expectLadder(await showAll(recorder), 30)
  })

  it('says what the last transcoder leaves behind, and ends with 8 like it', async () => {
    await using network = await Network.start()
    const [last] = network.transcoders
    const recorder = new HlsRecorder(network.httpBase, 'left')
    const recording = recorder.record(AbortSignal.timeout(60_000))
    await using publisher = new FfmpegPublisher(['-re', '-i', file, '-c', 'copy'], network.rtmpUrl('left'))
    await recorder.reached('P360p30fps16x9', 2)
    const drained = await last?.command('drain', '--grace', '6s')
    expect(drained).toMatchObject({ exitCode: 8, stdout: expect.stringContaining('given up (1 transcoder session') })
    expect(await last?.exited()).toEqual({ code: 8, signal: null })
    publisher.child.kill('SIGKILL')
    await recording
  })

  it('lets an orchestrator and a transcoder leave with exit code 0', async () => {
    await using network = await Network.start()
    for (const node of [...network.transcoders, network.orchestrator]) expect(await node.stop('SIGTERM')).toBe(0)
  })
})
