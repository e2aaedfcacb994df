import { FakeClock } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { type Limits, withLimits } from '../../src/kernel/limits.ts'

const never = () => new Promise<never>(() => {})

function limits(over: Partial<Limits> = {}): Limits & { readonly clock: FakeClock; readonly late: unknown[] } {
  const late: unknown[] = []
  const clock = new FakeClock()
  return { aborts: [], onLateFailure: (error) => late.push(error), ...over, clock, late }
}

it('is the outcome of the work where no bound is met', async () => {
  await expect(withLimits(Promise.resolve(1), limits())).resolves.toBe(1)
  await expect(withLimits(Promise.reject(new Error('no')), limits())).rejects.toThrow('no')
})

it('ends at once for a signal that aborted before', async () => {
  const aborts = [{ signal: AbortSignal.abort(), error: () => new Error('gone') }]
  await expect(withLimits(never(), limits({ aborts }))).rejects.toThrow('gone')
})

it('ends with the first bound that is met, and leaves neither timers nor listeners', async () => {
  const first = new AbortController()
  const second = new AbortController()
  const bounds = limits({
    deadline: { ms: 10, error: () => new Error('too slow') },
    aborts: [
      { signal: first.signal, error: () => new Error('first') },
      { signal: second.signal, error: () => new Error('second') },
    ],
  })
  const work = Promise.withResolvers<void>()
  const outcome = withLimits(work.promise, bounds).catch((error: unknown) => error)
  second.abort()
  first.abort()
  expect(await outcome).toEqual(new Error('second'))
  expect(bounds.clock.waiting).toBe(0)
  work.reject(new Error('late'))
  await bounds.clock.advance(10)
  expect(bounds.late).toEqual([new Error('late')])
})
