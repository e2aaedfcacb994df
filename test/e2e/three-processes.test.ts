import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from '@livepeer-node/media'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HlsRecorder } from './hls-recorder.ts'
import { expectLadder, expectSameAsInput, showAll, type Shown } from './judge.ts'
import { Network } from './network.ts'
import { bFrameSource, CLIPS, encodeFile, FfmpegPublisher, hasClips, hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('three processes: skipped, there is no ffmpeg to publish with')
else if (!hasClips) console.warn(`three processes: real clips skipped, there is no ${CLIPS}`)

describe.skipIf(!hasFfmpeg)('broadcaster, orchestrator and transcoder as three processes', () => {
  let network: Network
  let folder: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'livepeer-e2e-'))
    network = await Network.start()
  })
  afterAll(async () => {
    await network[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Pushes a file in real time and records all that is shown of it. */
  async function watch(name: string, input: readonly string[]): Promise<ReadonlyMap<string, Shown>> {
    const recorder = new HlsRecorder(network.httpBase, name)
    const recording = recorder.record(AbortSignal.timeout(150_000))
    await using publisher = new FfmpegPublisher(input, network.rtmpUrl(name))
    await Promise.all([publisher.finished(), recording])
    return showAll(recorder)
  }

  it('carries 60 s of 720p30 with B-frames: no frame lost, no time shifted', async () => {
    const file = join(folder, 'b-frames.flv')
    await encodeFile(bFrameSource(60), file)
    const shown = await watch('bframes', ['-re', '-i', file, '-c', 'copy'])
    const source = expectLadder(shown, 30)
    const input = await inspect(readFileSync(file))
    expectSameAsInput(source, input)
    expect(source.segments).toBe(30)
    for (const { frames } of shown.values()) expect(frames.length).toBe(1800)
  })

  describe.skipIf(!hasClips)('real clips', () => {
    it.each([
      { clip: 'sample-720p.ts', fps: 30_000 / 1001 },
      { clip: 'sample-360p.flv', fps: 30 },
      { clip: 'portrait.ts', fps: 30 },
      { clip: 'videotest.mp4', fps: 30 },
    ])('$clip', async ({ clip, fps }) => {
      const name = clip.replaceAll('.', '-')
      const file = join(folder, `${name}.flv`)
      await encodeFile(['-i', join(CLIPS, clip), '-c', 'copy', '-f', 'flv'], file)
      const shown = await watch(name, ['-re', '-i', file, '-c', 'copy'])
      expectSameAsInput(expectLadder(shown, fps), await inspect(readFileSync(file)))
    })
  })
})
