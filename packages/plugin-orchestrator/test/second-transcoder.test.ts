import { jobCapabilitiesMessage, type NotifySegment } from '@livepeer-node/protocol'
import { FakeClock, pluginFor } from '@livepeer-node/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { resultOf } from './support/broadcaster.ts'
import { startOrchestrator, statusOf } from './support/node.ts'
import { aFleet, outcomesOf } from './support/running-fleet.ts'
import { attach, broadcaster } from './support/set-up.ts'
import { partsFor, type TestTranscoder } from './support/transcoder.ts'

const never = async () => undefined
/** Before anything is learned, for segments of 2 s. */
const LATE_MS = 2000
/** After which it is looked again for somebody who is better off. */
const LOOK_AGAIN_MS = 250

/** Answers the job that came to `t` as number `index`. */
async function deliver(t: TestTranscoder, index = 0): Promise<void> {
  const job = t.jobs[index]
  if (!job) throw new Error('no such job')
  await t.post(job.taskId, { parts: partsFor(job) })
}

describe('a late segment', () => {
  it('goes to a second transcoder too; the session moves to who delivers, and the first is told to end it', async () => {
    const fleet = await aFleet()
    const good = await attach(fleet)
    const mute = await attach(fleet, { work: never })
    const b = await broadcaster(fleet)
    const call = b.send()
    await mute.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    expect(resultOf(await call.answer).result.case).toBe('data')
    await mute.whenTeardown()
    expect((await b.segment({ seq: 1n })).result.result.case).toBe('data')
    expect([good.jobs.length, mute.jobs.length]).toEqual([2, 1])
    expect((await statusOf(fleet)).transcoders).toMatchObject([
      { load: 1, late: false },
      { load: 0, late: true },
    ])
  })

  it('is answered by the first after all: the second one’s result is not used, and the session stays', async () => {
    const fleet = await aFleet()
    const second = await attach(fleet, { work: never })
    const first = await attach(fleet, { work: never })
    const b = await broadcaster(fleet)
    const call = b.send()
    await first.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    await second.whenJobs(1)
    await deliver(first)
    expect(resultOf(await call.answer).result.case).toBe('data')
    await second.whenTeardown()
    await deliver(second)
    expect(outcomesOf(fleet)).toEqual(['used', 'LP_RESULT_UNUSED'])
    expect((await statusOf(fleet)).transcoders).toMatchObject([{ load: 0 }, { load: 1, late: false }])
  })

  it('stays there to be fetched until the one that lost has answered', async () => {
    const fleet = await aFleet()
    await attach(fleet)
    const mute = await attach(fleet, { work: never })
    const b = await broadcaster(fleet)
    const call = b.send()
    await mute.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    await call.answer
    const source = new URL(mute.jobs[0]?.url ?? '').pathname
    expect((await b.h2.get(source)).status).toBe(200)
    await deliver(mute)
    expect((await b.h2.get(source)).status).toBe(404)
  })

  it('is given up at one that never answers when the broadcaster would have given up', async () => {
    const fleet = await aFleet()
    await attach(fleet)
    const mute = await attach(fleet, { work: never })
    const b = await broadcaster(fleet)
    const call = b.send()
    await mute.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    await call.answer
    await fleet.clock.advance(8000 - LATE_MS)
    expect(outcomesOf(fleet)).toEqual(['used', 'LP_TRANSCODER_TIMEOUT'])
    expect((await b.h2.get(new URL(mute.jobs[0]?.url ?? '').pathname)).status).toBe(404)
  })

  it('goes to somebody who comes later, where nobody else was there', async () => {
    const fleet = await aFleet()
    const mute = await attach(fleet, { work: never })
    const b = await broadcaster(fleet)
    const call = b.send()
    await mute.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    const good = await attach(fleet)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
  })

  it('goes to a third one when the second is late too', async () => {
    const fleet = await aFleet()
    const good = await attach(fleet, { capacity: 1n })
    const mutes = [await attach(fleet, { work: never }), await attach(fleet, { work: never })]
    const b = await broadcaster(fleet)
    const call = b.send()
    await mutes[1]?.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    await mutes[0]?.whenJobs(1)
    await fleet.clock.advance(LATE_MS)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
  })
})

describe('a transcoder that stalls with many sessions', () => {
  it('is made up for in each of them, and the next segments go elsewhere at once', async () => {
    const fleet = await aFleet({ maxSessions: 100 })
    let stalls = false
    const work = async (job: NotifySegment) => (stalls ? undefined : { parts: partsFor(job) })
    const staller = await attach(fleet, { work, capacity: 20n })
    const sessions = await Promise.all(Array.from({ length: 12 }, () => broadcaster(fleet)))
    for (const b of sessions) await b.segment()
    const good = await attach(fleet, { capacity: 20n })
    stalls = true
    const calls = sessions.map((b) => b.send({ seq: 1n }))
    await staller.whenJobs(24)
    await fleet.clock.advance(LATE_MS)
    // Those that were late while it had others' in hand look again when it has answered.
    await Promise.any(calls.map(({ answer }) => answer))
    await fleet.clock.advance(LOOK_AGAIN_MS)
    for (const { answer } of calls) expect(resultOf(await answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(12)
    for (const b of sessions) expect((await b.segment({ seq: 2n })).result.result.case).toBe('data')
    expect(staller.jobs).toHaveLength(24)
  })
})

describe('a fleet that is slow as a whole', () => {
  it('is left to finish: nothing is sent twice, and no session moves', async () => {
    const fleet = await aFleet({ maxSessions: 100 })
    const slow = [await attach(fleet, { work: never }), await attach(fleet, { work: never })]
    const sessions = await Promise.all(Array.from({ length: 6 }, () => broadcaster(fleet)))
    const calls = sessions.map((b) => b.send())
    for (const t of slow) await t.whenJobs(3)
    await fleet.clock.advance(LATE_MS)
    for (let looks = 0; looks < 8; looks++) await fleet.clock.advance(LOOK_AGAIN_MS)
    expect(slow.map(({ jobs }) => jobs.length)).toEqual([3, 3])
    for (const t of slow) for (const index of [0, 1, 2]) await deliver(t, index)
    for (const { answer } of calls) expect(resultOf(await answer).result.case).toBe('data')
    expect(outcomesOf(fleet)).toEqual(Array.from({ length: 6 }, () => 'used'))
  })
})

it('a plugin that places segments is asked for a new session, not for each segment', async () => {
  const clock = new FakeClock()
  const reasons: string[] = []
  const chooser = pluginFor('chooser', (node) =>
    node.on.worker.dispatch((workers, { reason }) => {
      reasons.push(reason)
      return workers.at(-1)
    }),
  )
  const started = await startOrchestrator({}, { plugins: [chooser], clock })
  onTestFinished(() => started.node.stop())
  const [first, second] = [await attach(started), await attach(started)]
  const asks = {
    change: (data: { capabilities?: unknown }) => void (data.capabilities = jobCapabilitiesMessage(4099n)),
  }
  const b = await broadcaster(started)
  for (const seq of [0n, 1n, 2n]) await b.segment({ seq, ...asks })
  expect(reasons).toEqual(['new'])
  // The newest is shown first.
  expect([first.jobs.length, second.jobs.length]).toEqual([3, 0])
})
