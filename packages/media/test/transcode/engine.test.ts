import { setImmediate as turn } from 'node:timers/promises'
import type { TranscodeResult } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import type { EngineSession, TranscodeEngine } from '../../src/index.ts'
import { childPids } from '../children.ts'
import { clip, FAST, never, segmentOf, small, testEngine } from './helpers.ts'

const ladder = [small()]

function open(engine: TranscodeEngine): Promise<EngineSession> {
  return engine.open({ sessionId: 'faults', ladder, provider: '' }, FAST)
}

/** The worker has the segment once the loop has turned: it is lost over it. */
async function loseWorker(session: EngineSession, signal: NodeJS.Signals): Promise<void> {
  await turn()
  process.kill(session.workerPid ?? 0, signal)
}

function framesOf(result: TranscodeResult): number | undefined {
  return result.renditions[0]?.frames
}

describe('a worker that is lost over a segment', () => {
  it.each(['SIGKILL', 'SIGSEGV', 'SIGSTOP'] as const)('%s: the segment comes all the same', async (signal) => {
    const { engine, lines } = testEngine({ silenceMs: 2000, deadlineMs: () => 60_000 })
    const session = await open(engine)
    const first = session.workerPid
    const result = session.transcode(segmentOf(await clip()), never)
    await loseWorker(session, signal)
    expect(framesOf(await result)).toBe(30)
    expect(session.workerPid).not.toBe(first)
    const told = lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields['code'])
    expect(told).toEqual(['LP_WORKER_DIED', 'LP_WORKER_DIED'])
    expect(lines.at(-1)).toMatchObject({ fields: { sessionId: 'faults', seq: 7 } })
  })

  it('twice: the segment fails, the session goes on', async () => {
    const { engine } = testEngine()
    const session = await open(engine)
    const bytes = await clip()
    const first = session.workerPid
    const failure = session.transcode(segmentOf(bytes), never).catch((error: unknown) => error)
    await loseWorker(session, 'SIGKILL')
    while (session.workerPid === first || session.workerPid === undefined) await turn()
    await loseWorker(session, 'SIGKILL')
    expect(await failure).toMatchObject({ code: 'LP_WORKER_DIED', wireText: undefined })
    expect(framesOf(await session.transcode(segmentOf(bytes), never))).toBe(30)
  })

  it('does not touch another session', async () => {
    const { engine } = testEngine()
    const [lost, other] = [await open(engine), await open(engine)]
    const otherPid = other.workerPid
    const bytes = await clip()
    const results = [lost.transcode(segmentOf(bytes), never), other.transcode(segmentOf(bytes), never)]
    await loseWorker(lost, 'SIGKILL')
    expect((await Promise.all(results)).map(framesOf)).toEqual([30, 30])
    expect(other.workerPid).toBe(otherPid)
  })

  it('between two segments: the next one does not notice', async () => {
    const { engine } = testEngine()
    const session = await open(engine)
    process.kill(session.workerPid ?? 0, 'SIGKILL')
    expect(framesOf(await session.transcode(segmentOf(await clip()), never))).toBe(30)
  })
})

describe('a session', () => {
  it('does its segments one after the other, in their order', async () => {
    const { engine } = testEngine()
    const session = await open(engine)
    const done: string[] = []
    const long = await clip({ seconds: 2 })
    const short = await clip({ seconds: 0.2 })
    await Promise.all([
      session.transcode(segmentOf(long), never).then(() => done.push('long')),
      session.transcode(segmentOf(short), never).then(() => done.push('short')),
    ])
    expect(done).toEqual(['long', 'short'])
  })

  it('gives a segment no more time than the deadline, and does not try it again', async () => {
    const { engine, lines } = testEngine({ deadlineMs: (segmentMs) => segmentMs / 100 })
    const session = await open(engine)
    const result = session.transcode(segmentOf(await clip({ seconds: 10, audio: false })), never)
    await expect(result).rejects.toMatchObject({ code: 'LP_WORKER_DEADLINE' })
    expect(lines.filter(({ message }) => message.includes('again'))).toEqual([])
  })

  it('gives up a segment that waits without touching the one before it', async () => {
    const { engine } = testEngine()
    const session = await open(engine)
    const bytes = await clip()
    const cancel = new AbortController()
    const running = session.transcode(segmentOf(bytes), never)
    const waiting = session.transcode(segmentOf(bytes), cancel.signal)
    cancel.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    expect(framesOf(await running)).toBe(30)
  })

  it('closes twice, and refuses segments from then on', async () => {
    const { engine } = testEngine()
    const session = await open(engine)
    const running = session.transcode(segmentOf(await clip()), never).catch((error: unknown) => error)
    await Promise.all([session.close(), session.close()])
    expect(await running).toMatchObject({ wireText: 'TranscoderStopped' })
    const late = session.transcode(segmentOf(Buffer.alloc(1)), never)
    await expect(late).rejects.toMatchObject({ code: 'LP_SESSION_CLOSED', wireText: 'TranscoderStopped' })
  })
})

describe('the engine', () => {
  it('says why a card cannot be used', async () => {
    const { engine } = testEngine()
    await expect(engine.testCard(99)).rejects.toMatchObject({ code: 'LP_CUDA_UNAVAILABLE', kind: 'environment' })
  })

  it('counts no encoders of a card that does not answer', async () => {
    const { engine } = testEngine()
    expect(await engine.countEncoders(99, 4)).toBe(0)
  })

  it('leaves no process behind', async () => {
    const { engine } = testEngine()
    const before = childPids('transcode/worker')
    const session = await open(engine)
    expect(childPids('transcode/worker').length).toBeGreaterThan(before.length)
    void session.transcode(segmentOf(await clip({ seconds: 5 })), never).catch(() => {})
    await engine.close()
    expect(childPids('transcode/worker').filter((pid) => !before.includes(pid))).toEqual([])
  })
})
