import type { NotifySegment, ResultPart } from '@livepeer-node/protocol'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/broadcaster.ts'
import { loggedCodes, statusOf, whenAttached } from './support/node.ts'
import { aFleet, drain, outcomesOf, registriesOf } from './support/running-fleet.ts'
import { attach, broadcaster } from './support/set-up.ts'
import { aCard, type Delivery, partsFor, type TestTranscoder } from './support/transcoder.ts'

const never = async () => undefined
const says = (error: string) => async (): Promise<Delivery> => ({ error })
const noPixels = (part: ResultPart): ResultPart => ({ ...part, pixels: 0 })
const onePart = async (job: NotifySegment): Promise<Delivery> => ({ parts: partsFor(job).slice(1) })
/** Before anything is learned, for segments of 2 s. */
const LATE_MS = 2000

describe('a segment that a transcoder cannot do', () => {
  it.each([
    ['an error that is not the segment’s fault', says('TranscoderInvalidInput'), 'LP_TRANSCODER_ERROR'],
    ['no room', says('TranscoderBusy'), 'LP_TRANSCODER_ERROR'],
    ['one rendition short', onePart, 'LP_RESULT_COUNT'],
  ])('(%s) goes to another at once', async (_what, work, code) => {
    const fleet = await aFleet()
    const good = await attach(fleet)
    await attach(fleet, { work, card: aCard('other') })
    const b = await broadcaster(fleet)
    expect((await b.segment()).result.result).toMatchObject({ case: 'data' })
    expect(outcomesOf(fleet)).toEqual([code, 'used'])
    expect((await b.segment({ seq: 1n })).result.result.case).toBe('data')
    expect(good.jobs).toHaveLength(2)
  })

  it('suspends who lies about it, and the session goes on elsewhere', async () => {
    const fleet = await aFleet()
    await attach(fleet)
    const liar = await attach(fleet, { work: onePart, card: aCard('liar') })
    const [a, b] = [await broadcaster(fleet), await broadcaster(fleet)]
    await a.segment()
    await b.segment()
    expect(liar.jobs).toHaveLength(1)
    expect((await statusOf(fleet)).transcoders[1]).toHaveProperty('suspendedUntil')
  })

  it.each([
    ['says of every segment that it is at fault', says('TranscoderInvalidVideo')],
    ['finds no pixels in any', async (job: NotifySegment) => ({ parts: partsFor(job).map(noPixels) })],
  ])('who alone %s loses no segment, and is suspended after three', async (_what, work) => {
    const fleet = await aFleet()
    await attach(fleet)
    const wrong = await attach(fleet, { work, card: aCard('wrong'), capacity: 20n })
    for (let i = 0; i < 4; i++) {
      const b = await broadcaster(fleet)
      expect((await b.segment()).result.result.case).toBe('data')
    }
    expect(wrong.jobs).toHaveLength(3)
    expect((await statusOf(fleet)).transcoders[1]).toMatchObject({ capacity: 20, suspendedUntil: expect.any(Number) })
  })

  it('lowers the capacity of who says that it is full', async () => {
    const fleet = await aFleet()
    const refused: NotifySegment[] = []
    const work = async (job: NotifySegment): Promise<Delivery> => {
      if (small.jobs.length === 1) return { parts: partsFor(job) }
      refused.push(job)
      return { error: 'TranscoderBusy' }
    }
    const small = await attach(fleet, { work, capacity: 8n })
    const [a, b] = [await broadcaster(fleet), await broadcaster(fleet)]
    await a.segment()
    expect((await b.segment()).result.result.value).toBe('TranscoderBusy')
    expect(refused).toHaveLength(1)
    expect((await statusOf(fleet)).transcoders).toMatchObject([{ declared: 8, capacity: 1, load: 1 }])
  })

  it('brings down no more than four transcoders', async () => {
    const fleet = await aFleet()
    const deaths: Promise<void>[] = []
    const work = (_job: NotifySegment, self: TestTranscoder) => (deaths.push(Promise.resolve(self.kill())), never())
    for (let i = 0; i < 6; i++) await attach(fleet, { work })
    const b = await broadcaster(fleet)
    expect((await b.segment()).result.result.value).toBe('no transcoders available')
    expect(deaths).toHaveLength(4)
    await whenAttached(fleet, 2)
  })
})

describe('a session whose transcoder is gone', () => {
  it('waits for somebody to come between two segments, where a new session is refused at once', async () => {
    const fleet = await aFleet()
    const first = await attach(fleet)
    const [a, b] = [await broadcaster(fleet), await broadcaster(fleet)]
    await a.segment()
    first.kill()
    await whenAttached(fleet, 0)
    expect((await b.segment()).result.result.value).toBe('no transcoders available')
    const call = a.send({ seq: 1n })
    await attach(fleet)
    expect(resultOf(await call.answer).result.case).toBe('data')
  })

  it('is squeezed in where all are full, up to a quarter more than they take', async () => {
    const fleet = await aFleet({ maxSessions: 100 })
    const first = await attach(fleet, { capacity: 2n })
    const old = [await broadcaster(fleet), await broadcaster(fleet)]
    for (const b of old) await b.segment()
    const second = await attach(fleet, { capacity: 4n })
    for (let i = 0; i < 4; i++) await (await broadcaster(fleet)).segment()
    first.kill()
    await whenAttached(fleet, 1)
    const [squeezed, tooMany] = old
    expect((await squeezed?.segment({ seq: 1n }))?.result.result.case).toBe('data')
    const call = tooMany?.send({ seq: 1n })
    await expect.poll(async () => (await registriesOf(fleet))['runningSegments']).toBe(1)
    await fleet.clock.advance(3000)
    expect(call && resultOf(await call.answer).result.value).toBe('no transcoders available')
    expect(second.jobs).toHaveLength(5)
  })
})

describe('a transcoder that drains', () => {
  it('hands its session over with the next segment and is told to end it', async () => {
    const fleet = await aFleet()
    const leaving = await attach(fleet, { capacity: 20n })
    const b = await broadcaster(fleet)
    await b.segment()
    const staying = await attach(fleet)
    const [{ id }] = (await statusOf(fleet)).transcoders as unknown as [{ id: string }]
    await drain(fleet, id)
    expect((await b.segment({ seq: 1n })).result.result.case).toBe('data')
    await leaving.whenTeardown()
    expect([leaving.jobs.length, staying.jobs.length]).toEqual([1, 1])
  })

  it('keeps it while nobody else can take it, but takes no new one', async () => {
    const fleet = await aFleet()
    const leaving = await attach(fleet)
    const [a, b] = [await broadcaster(fleet), await broadcaster(fleet)]
    await a.segment()
    const [{ id }] = (await statusOf(fleet)).transcoders as unknown as [{ id: string }]
    await drain(fleet, id)
    expect((await a.segment({ seq: 1n })).result.result.case).toBe('data')
    expect((await b.segment()).result.result.value).toBe('no transcoders available')
    expect(leaving.teardowns).toEqual([])
  })
})

describe('a session that ends while its segment is under way', () => {
  it('ends it everywhere, and leaves nothing behind', async () => {
    const fleet = await aFleet()
    const [one, two] = [await attach(fleet, { work: never }), await attach(fleet, { work: never })]
    const b = await broadcaster(fleet)
    const call = b.send()
    await Promise.race([one.whenJobs(1), two.whenJobs(1)])
    await fleet.clock.advance(LATE_MS)
    await Promise.all([one.whenJobs(1), two.whenJobs(1)])
    await b.end()
    expect(resultOf(await call.answer).result.value).toBe('Session ended')
    await Promise.all([one.whenTeardown(), two.whenTeardown()])
    expect(await registriesOf(fleet)).toMatchObject({
      sessions: 0,
      openTasks: 0,
      placedSessions: 0,
      runningSegments: 0,
      watchers: 0,
    })
    expect(loggedCodes(fleet)).toContain('LP_SESSION_ENDED')
  })
})
