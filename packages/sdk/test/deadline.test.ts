import { getEventListeners } from 'node:events'
import { FakeClock } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { untilAborted, within } from '../src/deadline.ts'

const never = () => new Promise<never>(() => {})
const failing = () => Promise.reject(new Error('its own fault'))
const late = () => new Error('too late')

it('gives what the work gives, and leaves neither a timer nor a listener behind', async () => {
  const clock = new FakeClock()
  const { signal } = new AbortController()
  expect(await within({ clock, ms: 100, error: late, signal }, () => Promise.resolve(7))).toBe(7)
  expect(clock.waiting).toBe(0)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('ends work that takes too long, and tells it so by its signal', async () => {
  const clock = new FakeClock()
  const work = Promise.withResolvers<AbortSignal>()
  const result = within({ clock, ms: 100, error: late }, (signal) => {
    work.resolve(signal)
    return never()
  })
  const signal = await work.promise
  await clock.advance(99)
  expect(signal.aborted).toBe(false)
  await Promise.all([expect(result).rejects.toThrow('too late'), clock.advance(1)])
  expect(signal.reason).toMatchObject({ message: 'too late' })
})

it('ends work with its caller’s signal, for the same reason', async () => {
  const clock = new FakeClock()
  const caller = new AbortController()
  const result = within({ clock, ms: 100, error: late, signal: caller.signal }, never)
  caller.abort(new Error('not needed any more'))
  await expect(result).rejects.toThrow('not needed any more')
  expect(clock.waiting).toBe(0)
})

it('does not begin what is not wanted any more', async () => {
  let begun = false
  const signal = AbortSignal.abort(new Error('gone'))
  const result = within({ clock: new FakeClock(), ms: 100, error: late, signal }, async () => {
    begun = true
  })
  await expect(result).rejects.toThrow('gone')
  expect(begun).toBe(false)
})

it('prefers the reason of the abort to what the work makes of it', async () => {
  const stop = new AbortController()
  const work = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(new Error('socket hang up')))
  })
  const result = untilAborted(work, stop.signal)
  stop.abort(new Error('told to stop'))
  await expect(result).rejects.toThrow('told to stop')
})

it('passes a failure of the work on', async () => {
  await expect(within({ clock: new FakeClock(), ms: 100, error: late }, failing)).rejects.toThrow('its own fault')
})
