import { create } from '@bufbuild/protobuf'
import { CapabilitiesSchema } from '@livepeer-node/protocol'
import { LivepeerError } from '@livepeer-node/sdk'
import { aLadder, aSegment, FakeClock } from '@livepeer-node/test-kit'
import { expect, test } from 'vitest'
import type { AttemptOutcome } from '../src/attempt.ts'
import { transcode } from '../src/transcode.ts'
import { someSession } from './support/sessions.ts'

const error = new LivepeerError({ code: 'LP_TEST', kind: 'peer', message: 'No.' })

function start(hosts: readonly string[], outcome: AttemptOutcome, only = true) {
  const clock = new FakeClock()
  const at: number[] = []
  const calls: string[] = []
  const sessions = hosts.map((host) => someSession(host))
  const pool = {
    acquire: async () => {
      const next = sessions.shift()
      if (!next) throw new LivepeerError({ code: 'LP_NO_ORCHESTRATOR', kind: 'peer', message: 'None.' })
      return next
    },
    release: () => void calls.push('release'),
    drop: () => void calls.push('drop'),
    lose: () => void calls.push('lose'),
    succeeded: () => void calls.push('succeeded'),
    isOnly: () => only,
    keep: () => void calls.push('keep'),
  }
  const attempt = async () => {
    at.push(clock.monotonic())
    return outcome
  }
  const { signal } = new AbortController()
  const capabilities = create(CapabilitiesSchema)
  const work = { segment: aSegment(), hash: new Uint8Array(32), ladder: aLadder(), capabilities, signal }
  const done = transcode({ clock, pool, maxAttempts: 3, attempt }, work)
  return { clock, at, calls, done }
}

test('the same orchestrator is given a moment before it is tried again, a longer one the next time', async () => {
  const { clock, at, done } = start(['a', 'a', 'a'], { ok: false, error, next: 'drop' })
  await clock.advance(2000)
  expect(at).toEqual([0, 250, 750])
  expect(await done).toMatchObject({ ok: false, error: { code: 'LP_TEST' }, attempts: [{}, {}, {}] })
})

test('another is tried at once', async () => {
  const { clock, at } = start(['a', 'b', 'a'], { ok: false, error, next: 'drop' })
  await clock.advance(0)
  expect(at).toEqual([0, 0, 0])
})

test('when none is left, the answer of the last one tells more than that', async () => {
  const { done, calls } = start(['a'], { ok: false, error, next: 'keep' })
  expect(await done).toMatchObject({ ok: false, error: { code: 'LP_TEST' } })
  expect(calls).toEqual(['release'])
})

test('none at all is told as such', async () => {
  const { done } = start([], { ok: false, error, next: 'keep' })
  expect(await done).toMatchObject({ ok: false, error: { code: 'LP_NO_ORCHESTRATOR' }, attempts: [] })
})

test('what is final is tried once', async () => {
  const { done, calls } = start(['a', 'b'], { ok: false, error, next: 'stop' })
  expect(await done).toMatchObject({ ok: false, attempts: [{ error: 'LP_TEST' }] })
  expect(calls).toEqual(['release'])
})

test.each([
  { next: 'busy', only: true, attempts: 3, what: 'the only one is asked again and keeps its session' },
  { next: 'behind', only: true, attempts: 1, what: 'the only one keeps its session, and the segment is given up' },
] as const)('$next: $what', async ({ next, only, attempts }) => {
  const { clock, at, calls, done } = start(['a', 'a', 'a'], { ok: false, error, next }, only)
  await clock.advance(2000)
  expect(await done).toMatchObject({ ok: false, error: { code: 'LP_TEST' } })
  expect(at).toHaveLength(attempts)
  expect(calls).not.toContain('drop')
  expect(calls).toContain('keep')
})

test.each(['busy', 'behind'] as const)('%s: where there is another, that one takes over', async (next) => {
  const { clock, at, calls } = start(['a', 'b'], { ok: false, error, next }, false)
  await clock.advance(0)
  expect(at).toEqual([0, 0])
  expect(calls).toEqual(['drop', 'release', 'drop', 'release'])
})
