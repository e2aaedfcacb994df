import { FakeClock } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { resultOf, type TestBroadcaster } from './support/broadcaster.ts'
import { HeldTranscoder, QuickTranscoder } from './support/local.ts'
import { loggedCodes, type Started, statusOf } from './support/node.ts'
import { broadcaster, withLocal } from './support/set-up.ts'

const GRACE_MS = 20_000
/** A quarter of it, when segments are refused. */
const RESERVE_MS = 5000
const SILENCE_MS = 6000

/** A drain, and whether it is done. */
function drain({ node }: Started, graceMs = GRACE_MS): { readonly done: boolean; readonly end: Promise<void> } {
  const state = { done: false, end: Promise.resolve() }
  const run = async () => {
    await node.drain(new AbortController().signal, graceMs)
    state.done = true
  }
  state.end = run()
  return state
}

async function fetchAll(b: TestBroadcaster, init = {}): Promise<void> {
  const { result } = await b.segment(init)
  if (result.result.case !== 'data') throw new Error(result.result.value)
  for (const { url } of result.result.value.segments) await b.h2.get(new URL(url).pathname)
}

describe('a drain', () => {
  it('lets sessions go on, tells them, and is done when they have ended', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock })
    const b = await broadcaster(started)
    expect((await b.segment()).answer.headers['livepeer-node-draining']).toBeUndefined()
    const draining = drain(started)
    const { answer, result } = await b.segment({ seq: 1n })
    expect(answer.headers['livepeer-node-draining']).toBe('1')
    expect(result.result.case).toBe('data')
    await clock.advance(1000)
    expect(draining.done).toBe(false)
    await b.end()
    await clock.advance(100)
    await draining.end
  })

  it('takes no new session, but for one that had its token a moment ago', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock })
    const old = await broadcaster(started)
    await clock.advance(16_000)
    const fresh = await broadcaster(started)
    const keeper = await broadcaster(started)
    await keeper.segment()
    void drain(started)
    await expect(old.discover()).rejects.toThrow('OrchestratorCapped')
    const refused = await old.send().answer
    expect({ status: refused.status, body: refused.body.toString() }).toEqual({
      status: 403,
      body: 'OrchestratorCapped\n',
    })
    expect(refused.headers['livepeer-node-draining']).toBe('1')
    expect(loggedCodes(started)).toContain('LP_DRAINING')
    expect((await fresh.segment()).result.result.case).toBe('data')
  })

  it('waits for what runs, and then until a stream has been silent for three segments', async () => {
    const clock = new FakeClock()
    const transcoder = new HeldTranscoder()
    const started = await withLocal({ clock, transcoder })
    const b = await broadcaster(started)
    const call = b.send()
    const running = await transcoder.started(0)
    const draining = drain(started)
    await clock.advance(SILENCE_MS + 1000)
    expect(draining.done).toBe(false)
    running.finish()
    expect(resultOf(await call.answer).result.case).toBe('data')
    await clock.advance(SILENCE_MS - 100)
    expect(draining.done).toBe(false)
    await clock.advance(200)
    await draining.end
  })

  it('refuses segments when little time is left, and is done when everybody knows and has fetched his renditions', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock, transcoder: new QuickTranscoder() })
    const [one, two] = [await broadcaster(started), await broadcaster(started)]
    await Promise.all([one.segment(), two.segment()])
    const draining = drain(started)
    for (let ms = 0, seq = 1n; ms < GRACE_MS - RESERVE_MS; ms += 2500, seq++) {
      await Promise.all([fetchAll(one, { seq }), two.segment({ seq })])
      await clock.advance(2500)
    }
    const refused = await one.send({ seq: 9n }).answer
    expect({ status: refused.status, body: refused.body.toString() }).toEqual({
      status: 403,
      body: 'OrchestratorCapped\n',
    })
    await clock.advance(100)
    expect(draining.done).toBe(false)
    expect((await two.send({ seq: 9n }).answer).status).toBe(403)
    await clock.advance(100)
    expect(draining.done).toBe(false)
    // Nobody fetches for longer than four seconds.
    await clock.advance(2000)
    await draining.end
  })

  it('is over at its deadline, whoever is still there', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock })
    const b = await broadcaster(started)
    await b.segment()
    const deadline = new AbortController()
    const end = started.node.drain(deadline.signal, GRACE_MS)
    await clock.advance(200)
    deadline.abort()
    await end
    expect((await statusOf(started)).sessions).toHaveLength(1)
    expect(await end).toEqual({ drained: false, left: { 'orchestrator sessions': 1 } })
  })

  it('says that nothing is left where a session is remembered that has fallen silent', async () => {
    const clock = new FakeClock()
    const started = await withLocal({ clock })
    const b = await broadcaster(started)
    await b.segment()
    expect(await started.node.work()).toEqual({ 'orchestrator sessions': 1 })
    const drained = started.node.drain(new AbortController().signal, GRACE_MS)
    await clock.advance(SILENCE_MS + 200)
    expect(await drained).toEqual({ drained: true, left: {} })
    expect((await statusOf(started)).sessions).toHaveLength(1)
  })
})
