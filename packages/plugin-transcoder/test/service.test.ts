import { BACKEND_LOST, LivepeerError, type TranscodeJob } from '@livepeer-node/sdk'
import {
  aProfile,
  aSourceSegment,
  aTranscodeResult,
  aTranscodeSpec,
  FakeClock,
  recordedLog,
} from '@livepeer-node/test-kit'
import { beforeEach, describe, expect, test } from 'vitest'
import { TranscodeService } from '../src/service.ts'
import { backendFull, FakeBackend, Held } from './support.ts'

const signal = new AbortController().signal
let backend: FakeBackend
let clock: FakeClock

beforeEach(() => {
  backend = new FakeBackend()
  clock = new FakeClock()
})

function service(over: Partial<ConstructorParameters<typeof TranscodeService>[0]> = {}): TranscodeService {
  return new TranscodeService({ claim: () => backend, clock, log: recordedLog([]), capacity: 3, ...over })
}

function job(sessionId: string, seq = 0): TranscodeJob {
  return { spec: aTranscodeSpec({ sessionId }), segment: aSourceSegment({ seq }) }
}

/** Lets everything run that can. */
const settle = () => clock.advance(0)

describe('a session', () => {
  test('is opened once for its segments', async () => {
    const service1 = service()
    expect(await service1.transcode(job('a', 0), signal)).toEqual(aTranscodeResult())
    await service1.transcode(job('a', 1), signal)
    expect(backend.opened).toHaveLength(1)
    expect(backend.calls.map(({ segment }) => segment.seq)).toEqual([0, 1])
  })

  test('takes one segment after the other; sessions run side by side', async () => {
    const held = new Held()
    backend.answer = held.answer
    const made = service()
    const all = [job('a', 0), job('a', 1), job('b', 7)].map((each) => made.transcode(each, signal))
    await settle()
    expect(backend.calls.map(({ segment }) => segment.seq)).toEqual([0, 7])
    held.finish()
    await settle()
    expect(backend.calls.map(({ segment }) => segment.seq)).toEqual([0, 7, 1])
    held.finish()
    held.finish()
    await Promise.all(all)
  })

  test('turns the sixth segment at once away', async () => {
    backend.answer = new Held().answer
    const made = service()
    const first = [0, 1, 2, 3, 4].map((seq) => made.transcode(job('a', seq), signal).catch(() => 'ended'))
    await expect(made.transcode(job('a', 5), signal)).rejects.toMatchObject({
      code: 'LP_TRANSCODER_BUSY',
      wireText: 'TranscoderBusy',
    })
    await made.close()
    expect(await Promise.all(first)).toEqual(Array(5).fill('ended'))
  })

  test('goes on after a failure', async () => {
    const made = service()
    backend.answer = () => Promise.reject(new Error('broken'))
    await expect(made.transcode(job('a', 0), signal)).rejects.toThrow('broken')
    backend.answer = () => Promise.resolve(aTranscodeResult())
    await made.transcode(job('a', 1), signal)
    expect(backend.opened).toHaveLength(1)
  })

  test('is opened anew for another ladder, and when that is asked for', async () => {
    const made = service()
    await made.transcode(job('a', 0), signal)
    const spec = aTranscodeSpec({ sessionId: 'a', ladder: [aProfile({ name: 'other' })] })
    await made.transcode({ spec, segment: aSourceSegment({ seq: 1 }) }, signal)
    expect(backend.closed).toEqual(['a'])
    await made.transcode({ spec, segment: aSourceSegment({ seq: 2 }), fresh: true }, signal)
    expect(backend.opened).toHaveLength(3)
    expect(backend.closed).toEqual(['a', 'a'])
  })

  test('ends after 70 s without a segment, not while one runs', async () => {
    const held = new Held()
    backend.answer = held.answer
    const made = service()
    const running = made.transcode(job('a'), signal)
    await clock.advance(200_000)
    expect(backend.closed).toEqual([])
    held.finish()
    await running
    await clock.advance(69_999)
    expect(backend.closed).toEqual([])
    await clock.advance(1)
    expect(backend.closed).toEqual(['a'])
    expect(made.sessions).toEqual([])
  })

  test('is idle from its last segment on, not from its first', async () => {
    const held = new Held()
    const made = service()
    await made.transcode(job('a', 0), signal)
    await clock.advance(60_000)
    backend.answer = held.answer
    const running = made.transcode(job('a', 1), signal)
    await clock.advance(20_000)
    expect(made.sessions).toHaveLength(1)
    held.finish()
    await running
    await clock.advance(69_999)
    expect(backend.closed).toEqual([])
  })

  test('ends when told to: what runs is aborted, the next segment begins a new one', async () => {
    backend.answer = new Held().answer
    const made = service()
    const running = made.transcode(job('a'), signal)
    await settle()
    await Promise.all([
      expect(running).rejects.toMatchObject({ code: 'LP_TRANSCODER_STOPPED', wireText: 'TranscoderStopped' }),
      made.endSession('a'),
    ])
    await made.endSession('unknown')
    expect(backend.closed).toEqual(['a'])
    backend.answer = () => Promise.resolve(aTranscodeResult())
    await made.transcode(job('a'), signal)
    expect(backend.opened).toHaveLength(2)
    expect(clock.waiting).toBe(1)
  })
})

describe('a drain', () => {
  test('takes no new session, serves the others, and is over when none is left', async () => {
    const made = service()
    await made.transcode(job('a'), signal)
    let isOver = false
    const drained = made.drain().then(() => (isOver = true))
    await expect(made.transcode(job('b'), signal)).rejects.toMatchObject({
      code: 'LP_TRANSCODER_DRAINING',
      wireText: 'TranscoderBusy',
    })
    await clock.advance(8000)
    await made.transcode(job('a', 1), signal)
    await clock.advance(8000)
    expect(isOver).toBe(false)
    await made.endSession('a')
    await drained
  })

  test('does not wait for a session that has fallen silent, but for one at work', async () => {
    const held = new Held()
    const made = service()
    await made.transcode(job('silent'), signal)
    backend.answer = held.answer
    const work = made.transcode(job('busy'), signal)
    let isOver = false
    const drained = made.drain().then(() => (isOver = true))
    await clock.advance(30_000)
    expect(isOver).toBe(false)
    held.finish()
    await work
    await clock.advance(10_000)
    await drained
    expect(made.sessions).toHaveLength(2)
  })

  test('of nothing is over at once', async () => {
    await expect(service().drain()).resolves.toBeUndefined()
  })
})

describe('a backend that is full after all', () => {
  test('is passed over for the next that answers', async () => {
    const second = new FakeBackend('second')
    backend.slots = 0
    const answers = [backend, second]
    const made = service({ claim: () => answers.shift() })
    await made.transcode(job('a'), signal)
    expect(second.opened).toHaveLength(1)
    expect(made.sessions).toEqual([{ sessionId: 'a', backend: 'second', pending: 0 }])
  })

  test('ends in LP_NO_BACKEND when the same one is named again and again', async () => {
    backend.slots = 0
    let claims = 0
    const made = service({ claim: () => (claims++, backend) })
    await expect(made.transcode(job('a'), signal)).rejects.toMatchObject({
      code: 'LP_NO_BACKEND',
      wireText: 'ErrTranscoderUnavailable',
      cause: backendFull('fake'),
    })
    expect(claims).toBe(5)
  })

  test('out of time is not full: nobody else is asked, and it is told as it is', async () => {
    const late = new LivepeerError({ code: 'LP_TEST_LATE', kind: 'limit', message: 'too late' })
    const stop = new AbortController()
    let claims = 0
    const open = () => {
      stop.abort(late)
      return Promise.reject(late)
    }
    const made = service({ claim: () => (claims++, { name: 'x', open }) })
    await expect(made.transcode(job('a'), stop.signal)).rejects.toBe(late)
    expect(claims).toBe(1)
  })

  test('nobody at all is LP_NO_BACKEND; another error is told as it is', async () => {
    const none = service({ claim: () => undefined })
    await expect(none.transcode(job('a'), signal)).rejects.toMatchObject({ code: 'LP_NO_BACKEND' })
    const broken = service({ claim: () => ({ name: 'x', open: () => Promise.reject(new Error('driver')) }) })
    await expect(broken.transcode(job('a'), signal)).rejects.toThrow('driver')
  })
})

describe('a backend whose card fails', () => {
  test('is left in mid-session: whoever claims the session now transcodes the same segment', async () => {
    const other = new FakeBackend('other')
    let claimed = backend
    const made = service({ claim: () => claimed })
    await made.transcode(job('a', 0), signal)
    backend.answer = () => {
      claimed = other
      return Promise.reject(new LivepeerError({ code: BACKEND_LOST, kind: 'limit', message: 'The card is gone.' }))
    }
    await made.transcode(job('a', 1), signal)
    await made.transcode(job('a', 2), signal)
    expect(backend.closed).toEqual(['a'])
    expect(other.calls.map(({ segment }) => segment.seq)).toEqual([1, 2])
  })
})

describe('capacity', () => {
  test('is refused when all sessions are at work', async () => {
    backend.answer = new Held().answer
    const made = service({ capacity: 2 })
    const running = ['a', 'b'].map((id) => made.transcode(job(id), signal).catch(() => 'ended'))
    await settle()
    await expect(made.transcode(job('c'), signal)).rejects.toMatchObject({ code: 'LP_TRANSCODER_FULL', limit: 2 })
    await made.close()
    await Promise.all(running)
  })

  test('the session idle for longest makes way, and its slot is free before the next is opened', async () => {
    backend.slots = 2
    const made = service({ capacity: 2 })
    await made.transcode(job('a'), signal)
    await clock.advance(1000)
    await made.transcode(job('b'), signal)
    await made.transcode(job('c'), signal)
    expect(backend.closed).toEqual(['a'])
    expect(made.sessions.map(({ sessionId }) => sessionId)).toEqual(['b', 'c'])
  })
})

test('closing ends all sessions, and none begins afterwards', async () => {
  const made = service()
  await made.transcode(job('a'), signal)
  await made.transcode(job('b'), signal)
  await made.close()
  expect(backend.closed.toSorted()).toEqual(['a', 'b'])
  expect(clock.waiting).toBe(0)
  await expect(made.transcode(job('c'), signal)).rejects.toMatchObject({ code: 'LP_TRANSCODER_STOPPED' })
})

test('a job whose caller has gone does not reach the backend', async () => {
  const made = service()
  const gone = AbortSignal.abort(new Error('gone'))
  await expect(made.transcode(job('a'), gone)).rejects.toThrow('gone')
  expect(backend.calls).toEqual([])
})
