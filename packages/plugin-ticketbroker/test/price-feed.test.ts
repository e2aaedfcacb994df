import { parsePricePerUnit, Rational } from '@livepeer-node/protocol'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import { PriceFeed, type RateSource } from '../src/price-feed.ts'

class Feed implements RateSource {
  pair = 'ETH / USD'
  answer = 3000_00000000n
  updatedAt = 100n
  fails = false

  description() {
    return Promise.resolve(this.pair)
  }

  decimals() {
    return Promise.resolve(8)
  }

  latest() {
    if (this.fails) return Promise.reject(new Error('no endpoint answers'))
    return Promise.resolve({ answer: this.answer, updatedAt: this.updatedAt })
  }
}

async function start(source = new Feed()) {
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const stop = new AbortController()
  const feed = await PriceFeed.open(source)
  const ended = feed.run({ clock, log: recordedLog(lines), signal: stop.signal })
  return { source, feed, clock, lines, stop: () => (stop.abort(), ended) }
}
const wei = (feed: PriceFeed, text: string) => feed.toWei(parsePricePerUnit(text)).toString()

it('turns another currency into wei, exactly', async () => {
  const { feed, stop } = await start()
  expect(wei(feed, '50USD')).toBe(Rational.of(5n * 10n ** 16n, 3n).toString())
  expect(wei(feed, '2ETH')).toBe('2000000000000000000')
  expect(wei(feed, '7')).toBe('7')
  expect(() => wei(feed, '1EUR')).toThrow(expect.objectContaining({ code: 'LP_PRICE_CURRENCY' }))
  await stop()
})

it('follows the rate every hour', async () => {
  const { source, feed, clock, stop } = await start()
  Object.assign(source, { answer: 1000_00000000n, updatedAt: 101n })
  await clock.advance(3_599_999)
  expect(wei(feed, '1USD')).toBe(Rational.of(10n ** 18n, 3000n).toString())
  await clock.advance(1)
  expect(wei(feed, '1USD')).toBe('1000000000000000')
  await stop()
})

it('does not go back to what an endpoint says that is behind', async () => {
  const { source, feed, clock, stop } = await start()
  Object.assign(source, { answer: 1n, updatedAt: 99n })
  await clock.advance(3_600_000)
  expect(feed.rate.rate.toString()).toBe('3000')
  await stop()
})

it('keeps the last rate while none can be read, and looks again soon', async () => {
  const { source, feed, clock, lines, stop } = await start()
  source.fails = true
  await clock.advance(3_600_000)
  expect(feed.rate.rate.toString()).toBe('3000')
  expect(lines).toMatchObject([{ level: 'warn', fields: { known: '3000.00 ETH/USD' } }])
  Object.assign(source, { fails: false, answer: 0n, updatedAt: 102n })
  await clock.advance(60_000)
  expect(feed.rate.rate.toString()).toBe('3000')
  expect(lines.at(-1)?.fields['code']).toBe('LP_PRICE_FEED')
  Object.assign(source, { answer: 2000_00000000n, updatedAt: 103n })
  await clock.advance(60_000)
  expect(feed.rate.rate.toString()).toBe('2000')
  await stop()
})

it.each([
  ['LP_PRICE_FEED', { answer: 0n }],
  ['LP_PRICE_CURRENCY', { pair: 'ETHUSD' }],
])('does not start with one that cannot be used: %s', async (code, change) => {
  await expect(start(Object.assign(new Feed(), change))).rejects.toMatchObject({ code })
})
