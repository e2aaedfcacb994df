import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/broadcaster.ts'
import { HeldTranscoder, QuickTranscoder } from './support/local.ts'
import { loggedCodes, statusOf } from './support/node.ts'
import { broadcaster, withLocal } from './support/set-up.ts'

describe('a session', () => {
  it('runs one job at a time and keeps four waiting; the sixth is busy at once', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const calls = [0n, 1n, 2n, 3n, 4n].map((seq) => b.send({ seq }))
    await Promise.all(calls.map((call) => call.headers))
    expect(transcoder.running).toHaveLength(1)
    const sixth = await b.segment({ seq: 5n })
    expect(sixth.result.result).toEqual({ case: 'error', value: 'OrchestratorBusy' })
    for (const [i, call] of calls.entries()) {
      const running = await transcoder.started(i)
      expect(transcoder.running).toHaveLength(i + 1)
      expect(running.job.segment.seq).toBe(i)
      running.finish()
      expect(resultOf(await call.answer).result.case).toBe('data')
    }
  })

  it('is refused over the cap, in its headers and by GetOrchestrator; those that live go on', async () => {
    const transcoder = new QuickTranscoder()
    const started = await withLocal({ transcoder, options: { maxSessions: 1 } })
    const [first, second] = [await broadcaster(started), await broadcaster(started)]
    await first.segment()
    const { status, body } = await second.send().answer
    expect({ status, body: body.toString() }).toEqual({ status: 403, body: 'OrchestratorCapped\n' })
    await expect(second.discover()).rejects.toThrow('Invalid orchestrator request: OrchestratorCapped')
    expect((await first.segment({ seq: 1n })).result.result.case).toBe('data')
    await first.end()
    expect((await second.segment()).result.result.case).toBe('data')
  })

  it('auto means as many as the transcoder takes', async () => {
    const started = await withLocal({ transcoder: new HeldTranscoder(3), options: { maxSessions: 'auto' } })
    expect((await statusOf(started)).maxSessions).toBe(3)
  })

  it('ends after 70 s without a job, not during one', async () => {
    const clock = new FakeClock()
    const transcoder = new HeldTranscoder()
    const started = await withLocal({ transcoder, clock })
    const b = await broadcaster(started)
    const timers = clock.waiting
    const calls = [0n, 1n].map((seq) => b.send({ seq, durationMs: 60_000 }))
    await Promise.all(calls.map((call) => call.headers))
    for (const [i, call] of calls.entries()) {
      const running = await transcoder.started(i)
      await clock.advance(80_000)
      running.finish()
      expect(resultOf(await call.answer).result.case).toBe('data')
    }
    expect(clock.waiting).toBe(timers + 1)
    await clock.advance(69_999)
    expect((await statusOf(started)).sessions).toHaveLength(1)
    await clock.advance(1)
    expect((await statusOf(started)).sessions).toEqual([])
    expect(transcoder.ended).toEqual([b.info?.authToken?.sessionId])
    const again = b.send({ seq: 2n })
    ;(await transcoder.started(2)).finish()
    expect(resultOf(await again.answer).result.case).toBe('data')
  })

  it('whose token is past its time is refused, and a new one is given', async () => {
    const clock = new FakeClock()
    const b = await broadcaster(await withLocal({ clock }))
    await clock.advance(1_801_000)
    const { status, body } = await b.send().answer
    expect({ status, body: body.toString() }).toEqual({ status: 403, body: 'expired auth token\n' })
    await b.discover()
    expect((await b.segment()).result.result.case).toBe('data')
  })

  it('that is ended during its job answers with an error, not with fewer renditions', async () => {
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder }))
    const call = b.send()
    const running = await transcoder.started(0)
    await b.end()
    running.finish()
    expect(resultOf(await call.answer).result).toEqual({ case: 'error', value: 'Session ended' })
  })

  it('does not begin a job that its broadcaster gave up while it waited', async () => {
    const transcoder = new HeldTranscoder()
    const started = await withLocal({ transcoder })
    const b = await broadcaster(started)
    const [first, second] = [b.send({ seq: 0n }), b.send({ seq: 1n })]
    await second.headers
    second.stream.close(8)
    await new Promise((resolve) => b.h2.session.ping(resolve))
    const third = b.send({ seq: 2n })
    await third.headers
    for (const index of [0, 1]) (await transcoder.started(index)).finish()
    expect(resultOf(await first.answer).result.case).toBe('data')
    expect(resultOf(await third.answer).result.case).toBe('data')
    expect(transcoder.running.map(({ job }) => job.segment.seq)).toEqual([0, 2])
    expect(loggedCodes(started)).toContain('LP_BROADCASTER_GONE')
  })

  it('is not held by a transcoder that never answers', async () => {
    const clock = new FakeClock()
    const transcoder = new HeldTranscoder()
    const b = await broadcaster(await withLocal({ transcoder, clock }))
    const call = b.send()
    const { signal } = await transcoder.started(0)
    await clock.advance(8000)
    expect(resultOf(await call.answer).result).toEqual({ case: 'error', value: 'Remote transcoder took too long' })
    expect(signal.aborted).toBe(true)
  })
})
