import { FakeClock } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { Tasks } from '../../src/transcoders/tasks.ts'
import { anAttached } from '../support/fleet.ts'

it('who is late again and again without an answer is a last choice for twice as long each time, up to eight minutes', async () => {
  const clock = new FakeClock()
  const one = anAttached(clock)
  const lateFor = async () => {
    one.isLate()
    one.isLate()
    let minutes = 0
    for (; one.late; minutes += 1) await clock.advance(60_000)
    return minutes
  }
  const minutes: number[] = []
  for (let i = 0; i < 5; i++) minutes.push(await lateFor())
  expect(minutes).toEqual([1, 2, 4, 8, 8])
  one.hasAnswered()
  expect(await lateFor()).toBe(1)
})

it('a task has an id that none of an earlier process had, as far as that can be', () => {
  const transcoder = anAttached(new FakeClock())
  const [before, after] = [new Tasks(), new Tasks()]
  const first = before.open(transcoder).id
  expect(before.open(transcoder).id).toBe(first + 1n)
  expect(before.ownerOf(first)).toBe(transcoder)
  after.open(transcoder)
  expect(after.ownerOf(first)).toBeUndefined()
})
