import { nodeCapabilities, type NotifySegment } from '@livepeer-node/protocol'
import { Link, FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { PING_MS } from '../src/http/liveness.ts'
import { resultOf } from './support/broadcaster.ts'
import { loggedCodes, statusOf, whenAttached } from './support/node.ts'
import { attach, broadcaster, withRemote } from './support/set-up.ts'
import { fetchAndReturn, partsFor } from './support/transcoder.ts'

const never = async () => undefined

describe('a transcoder that fails', () => {
  it('by going away mid-job is replaced at once, and the broadcaster sees nothing of it', async () => {
    const started = await withRemote({ clock: new FakeClock() })
    const good = await attach(started)
    const bad = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await bad.whenJobs(1)
    bad.kill()
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
    expect(loggedCodes(started)).toEqual(['LP_TRANSCODER_LOST'])
    expect((await b.segment({ seq: 1n })).result.result.case).toBe('data')
  })

  it('harms no session of another', async () => {
    const started = await withRemote({ clock: new FakeClock() })
    const good = await attach(started)
    const bad = await attach(started, { work: never })
    const [a, b] = [await broadcaster(started), await broadcaster(started)]
    const lost = a.send()
    await bad.whenJobs(1)
    expect((await b.segment()).result.result.case).toBe('data')
    bad.kill()
    expect((await b.segment({ seq: 1n })).result.result.case).toBe('data')
    expect(resultOf(await lost.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(3)
  })

  it('by silence gets a second one beside it after half the segment and a second', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    const good = await attach(started)
    const mute = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await mute.whenJobs(1)
    await clock.advance(1999)
    expect(good.jobs).toHaveLength(0)
    await clock.advance(1)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect((await statusOf(started)).transcoders.map(({ late }) => late)).toEqual([false, true])
    const other = await broadcaster(started)
    await other.segment()
    expect(mute.jobs).toHaveLength(1)
  })

  it('by silence, with nobody else there, has the whole time, and is a last choice from then on', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    const mute = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send({ durationMs: 3000 })
    await mute.whenJobs(1)
    await clock.advance(11_999)
    expect((await statusOf(started)).transcoders).toMatchObject([{ jobs: 1 }])
    await clock.advance(1)
    expect(resultOf(await call.answer).result.value).toBe('Remote transcoder took too long')
    expect((await statusOf(started)).transcoders).toMatchObject([{ jobs: 0, load: 0, late: true }])
  })

  it('and comes back in time gets the segment again', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    const first = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await first.whenJobs(1)
    first.kill()
    await whenAttached(started, 0)
    const again = await attach(started)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(again.jobs).toHaveLength(1)
  })

  it('and does not come back leaves the broadcaster time to ask elsewhere', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    const only = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await only.whenJobs(1)
    only.kill()
    await whenAttached(started, 0)
    await clock.advance(3000)
    expect(resultOf(await call.answer).result.value).toBe('no transcoders available')
    const next = b.send({ seq: 1n })
    await next.headers
    const back = await attach(started)
    expect(resultOf(await next.answer).result.case).toBe('data')
    expect(back.jobs).toHaveLength(1)
  })

  it('by losing its registration alone may still deliver', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    const jobs: NotifySegment[] = []
    const t = await attach(started, { work: (job) => (jobs.push(job), never()) })
    const poster = await attach(started, {
      capabilities: nodeCapabilities({ capabilities: [], version: '0.9.1' }),
    })
    const b = await broadcaster(started)
    const call = b.send()
    await t.whenJobs(1)
    t.kill()
    await whenAttached(started, 1)
    const [job] = jobs
    if (job) await poster.post(job.taskId, { parts: partsFor(job) })
    expect(resultOf(await call.answer).result.case).toBe('data')
  })

  it('by no longer answering PINGs is taken off the list', async () => {
    const clock = new FakeClock()
    const started = await withRemote({ clock })
    await using link = await Link.to(() => Number(new URL(started.uri).port))
    await attach({ ...started, uri: `https://${link.address}` })
    await attach(started)
    link.silence()
    await vi.waitFor(async () => {
      await clock.advance(PING_MS)
      expect((await statusOf(started)).transcoders).toHaveLength(1)
    })
  })
})

describe('a result', () => {
  it('for a job that nobody waits for is taken with OK and dropped', async () => {
    const started = await withRemote()
    const t = await attach(started)
    const answer = await t.post(4711n, { parts: [] })
    expect({ status: answer.status, body: answer.body.toString() }).toEqual({ status: 200, body: 'OK' })
    expect((await t.post(4711n, { error: 'TranscoderStopped' })).status).toBe(200)
  })

  it('that breaks off in the middle is not the end of the job', async () => {
    const started = await withRemote()
    const t = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await t.whenJobs(1)
    const [job] = t.jobs
    if (!job) throw new Error('no job')
    await t.breakOff(job.taskId)
    await expect.poll(() => loggedCodes(started)).toContain('LP_BODY_BROKEN')
    await t.post(job.taskId, await fetchAndReturn(job, t))
    expect(resultOf(await call.answer).result.case).toBe('data')
  })

  it('that makes no sense fails the job and says so to both', async () => {
    const started = await withRemote()
    const t = await attach(started, { work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await t.whenJobs(1)
    const answer = await t.postRaw(
      t.jobs[0]?.taskId ?? 0n,
      '--x\r\nPixels: 5\r\n\r\nhalf a part',
      'multipart/mixed; boundary=x',
    )
    expect(answer.status).toBe(500)
    expect(resultOf(await call.answer).result.value).toBe('multipart: NextPart: EOF')
  })
})
