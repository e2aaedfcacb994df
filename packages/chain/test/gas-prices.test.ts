import { FakeClock } from '@livepeer-node/test-kit'
import { JsonRpcProvider } from 'ethers'
import { expect, test } from 'vitest'
import { GasPrices } from '../src/index.ts'

/** A chain that says one price after the other; `undefined`: nothing. */
function provider(prices: (number | undefined)[]): JsonRpcProvider {
  const made = new JsonRpcProvider('http://127.0.0.1:1', 1, { staticNetwork: true })
  made.send = () => {
    const price = prices.shift()
    return price === undefined ? Promise.reject(new Error('silent')) : Promise.resolve(`0x${price.toString(16)}`)
  }
  return made
}

test('a price below the minimum is not believed', async () => {
  // The known answers of payments.md G11.
  const clock = new FakeClock()
  const prices = new GasPrices({ provider: provider([777, 555, 888, 1]), clock, minimum: 10n })
  const seen: bigint[] = []
  for (let i = 0; i < 4; i++) {
    seen.push(await prices.current())
    await clock.advance(5000)
  }
  expect(seen).toEqual([777n, 555n, 888n, 888n])
})

test('is asked every 5 s at most, and once for all who want to know', async () => {
  const clock = new FakeClock()
  const left = [1, 2, 3]
  const prices = new GasPrices({ provider: provider(left), clock, minimum: 0n })
  expect(await Promise.all([prices.current(), prices.current()])).toEqual([1n, 1n])
  await clock.advance(4999)
  expect(await prices.current()).toBe(1n)
  expect(left).toEqual([2, 3])
  await clock.advance(1)
  expect(await prices.current()).toBe(2n)
})

test('when the chain is silent the last price counts; without one it is an error', async () => {
  const clock = new FakeClock()
  const prices = new GasPrices({ provider: provider([undefined, 5, undefined]), clock, minimum: 0n })
  await expect(prices.current()).rejects.toThrow('silent')
  expect(await prices.current()).toBe(5n)
  await clock.advance(60_000)
  expect(await prices.current()).toBe(5n)
  expect(prices.last).toBe(5n)
})
