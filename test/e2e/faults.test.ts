import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from '@livepeer-node/media'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HlsRecorder } from './hls-recorder.ts'
import { expectLadder, expectSameAsInput, showAll } from './judge.ts'
import { Network } from './network.ts'
import { childrenOf } from './node-process.ts'
import { bFrameSource, encodeFile, FfmpegPublisher, hasFfmpeg } from './publisher.ts'

if (!hasFfmpeg) console.warn('faults: skipped, there is no ffmpeg to publish with')

const SECONDS = 20

describe.skipIf(!hasFfmpeg)('kill -9 in the middle of a stream leaves no hole', () => {
  let folder: string
  let file: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'livepeer-faults-'))
    file = join(folder, 'source.flv')
    await encodeFile(bFrameSource(SECONDS), file)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Pushes the file; when `afterSegments` are listed, does the damage; then judges all that was shown. */
  async function expectToSurvive(network: Network, damage: () => Promise<void>): Promise<void> {
    const name = 'unlucky'
    const recorder = new HlsRecorder(network.httpBase, name)
    const recording = recorder.record(AbortSignal.timeout(120_000))
    await using publisher = new FfmpegPublisher(['-re', '-i', file, '-c', 'copy'], network.rtmpUrl(name))
    const damaged = recorder.reached('P240p30fps16x9', 3).then(damage)
    await Promise.all([publisher.finished(), damaged, recording])
    expectSameAsInput(expectLadder(await showAll(recorder), 30), await inspect(readFileSync(file)))
  }

  it('of a transcode worker', async () => {
    await using network = await Network.start()
    await expectToSurvive(network, () => killWorkers(network.transcoders[0]?.child.pid))
  })

  it('of a segment worker', async () => {
    await using network = await Network.start()
    await expectToSurvive(network, () => killChild(network.broadcaster.child.pid, 'segment'))
  })

  it('of one of two transcoders: the one that works', async () => {
    await using network = await Network.start({ transcoders: 2 })
    await expectToSurvive(network, async () => {
      const busy = await network.busiestTranscoder()
      busy.child.kill('SIGKILL')
    })
  })
})

async function killChild(pid: number | undefined, needle: string): Promise<void> {
  const [child] = await childrenOf(pid ?? -1, needle)
  if (child === undefined) throw new Error(`no child ${needle} of ${pid}`)
  process.kill(child, 'SIGKILL')
}

/** Of the transcoder's workers (one works, one is the warm spare) all are killed: whichever works is among them. */
async function killWorkers(pid: number | undefined): Promise<void> {
  const workers = await childrenOf(pid ?? -1, 'transcode')
  expect(workers.length).toBeGreaterThan(0)
  for (const worker of workers) process.kill(worker, 'SIGKILL')
}
