import { describe, expect, it } from 'vitest'
import { FakeClock } from '../src/index.ts'

describe('FakeClock', () => {
  it('runs what falls due, in order, timers set on the way included', async () => {
    const clock = new FakeClock(1000)
    const seen: string[] = []
    clock.after(20, () => {
      seen.push(`b ${clock.monotonic()}`)
      clock.after(5, () => seen.push(`c ${clock.monotonic()}`))
    })
    clock.after(10, () => seen.push(`a ${clock.now()}`))
    clock.after(31, () => seen.push('never'))
    await clock.advance(30)
    expect(seen).toEqual(['a 1010', 'b 20', 'c 25'])
    expect(clock.monotonic()).toBe(30)
    expect(clock.waiting).toBe(1)
  })

  it('undoes a timer', async () => {
    const clock = new FakeClock()
    let ran = false
    clock.after(1, () => {
      ran = true
    })()
    await clock.advance(2)
    expect(ran).toBe(false)
  })

  it('sleeps until advanced, or until aborted', async () => {
    const clock = new FakeClock()
    const controller = new AbortController()
    const aborted = clock.sleep(100, controller.signal)
    const slept = clock.sleep(100)
    await clock.whenWaiting(2)
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    expect(clock.waiting).toBe(1)
    await clock.advance(100)
    await expect(slept).resolves.toBeUndefined()
  })
})
