import type { TranscodeJob } from '@livepeer-node/sdk'
import { aSourceSegment, aTranscodeResult, aTranscodeSpec, FakeClock, recordedLog } from '@livepeer-node/test-kit'
import { beforeEach, expect, test } from 'vitest'
import { TranscodeService } from '../src/service.ts'
import { FakeBackend } from './support.ts'

const signal = new AbortController().signal
const clock = new FakeClock()
let made: TranscodeService

function job(sessionId: string, seq = 0): TranscodeJob {
  return { spec: aTranscodeSpec({ sessionId }), segment: aSourceSegment({ seq }) }
}

/** Each segment takes a quarter more than it plays. */
beforeEach(async () => {
  const backend = new FakeBackend()
  backend.answer = async () => {
    await clock.sleep(2500)
    return aTranscodeResult()
  }
  made = new TranscodeService({ claim: () => backend, clock, log: recordedLog([]), capacity: 3 })
  for (let seq = 0; seq < 20; seq += 1) await all(job('a', seq))
})

async function all(...jobs: readonly TranscodeJob[]): Promise<unknown> {
  const done = jobs.map((each) => made.transcode(each, signal))
  await clock.advance(2500)
  return await Promise.all(done)
}

test('a machine that is late takes no session that begins, and goes on with those that it has or that lost theirs', async () => {
  await expect(made.transcode(job('b'), signal)).rejects.toMatchObject({ code: 'LP_TRANSCODER_LATE', observed: 1.25 })
  expect(await all(job('a', 20), job('moved', 7))).toHaveLength(2)
})

test('a machine that was late and has nothing to do takes sessions again', async () => {
  await made.endSession('a')
  expect(made.p95).toBe(1.25)
  expect(await all(job('b'))).toHaveLength(1)
})
