import { FakeClock } from '@livepeer-node/test-kit'
import { expect, onTestFinished, test } from 'vitest'
import { SessionSupply } from '../src/supply.ts'

function makeSupply(round: () => Promise<void>) {
  const clock = new FakeClock()
  const over = new AbortController()
  onTestFinished(() => over.abort())
  let dark = 0
  const darkened = () => {
    dark += 1
  }
  const supply = new SessionSupply({ clock, signal: over.signal, round, darkened })
  return { clock, over, supply, dark: () => dark }
}

test('pauses between rounds double up to six seconds, and it is dark once', async () => {
  const at: number[] = []
  const { clock, supply, dark } = makeSupply(async () => {
    at.push(clock.monotonic())
  })
  supply.search()
  await clock.advance(20_000)
  expect(at).toEqual([0, 250, 750, 1750, 3750, 7750, 13_750, 19_750])
  expect(dark()).toBe(1)
})

test('who waits is told at once when one is found, and nobody searches on', async () => {
  let rounds = 0
  const { clock, supply } = makeSupply(async () => {
    rounds += 1
  })
  const waiting = supply.wait()
  await clock.advance(1000)
  supply.found()
  expect(await waiting).toBe(true)
  const before = rounds
  await clock.advance(60_000)
  expect(rounds).toBe(before)
})

test('what is found and lost again within one round is searched for anew', async () => {
  const first = Promise.withResolvers<void>()
  let rounds = 0
  const { clock, supply } = makeSupply(() => {
    rounds += 1
    return rounds === 1 ? first.promise : Promise.resolve()
  })
  supply.search()
  supply.found()
  const waiting = supply.wait()
  first.resolve()
  await clock.advance(0)
  expect(rounds).toBe(2)
  supply.found()
  expect(await waiting).toBe(true)
})

test('in the dark nobody waits; the first find ends it', async () => {
  const { clock, supply } = makeSupply(() => Promise.resolve())
  const waiting = supply.wait()
  await clock.advance(6000)
  expect(await waiting).toBe(false)
  expect(await supply.wait()).toBe(false)
  supply.found()
  const next = supply.wait()
  supply.found()
  expect(await next).toBe(true)
})

test('the end of the stream ends waiting and searching', async () => {
  const { clock, over, supply } = makeSupply(() => Promise.resolve())
  const waiting = supply.wait()
  over.abort()
  expect(await waiting).toBe(false)
  await clock.advance(0)
  expect(clock.waiting).toBe(0)
})
