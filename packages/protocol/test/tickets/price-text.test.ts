import { describe, expect, it } from 'vitest'
import { type ExchangeRate, feedRate, isEther, parseFeedPair, parsePricePerUnit, toWei } from '../../src/index.ts'
import { ratio } from './support.ts'

function inWei(text: string, pair?: string, rate = '1'): string {
  const known: ExchangeRate | undefined = pair === undefined ? undefined : { ...parseFeedPair(pair), rate: ratio(rate) }
  return toWei(parsePricePerUnit(text), known).toString()
}

describe('a price as text', () => {
  it.each([
    ['100USD', '100', 'USD'],
    ['0.13USD', '13/100', 'USD'],
    ['99.99eur', '9999/100', 'eur'],
    ['420DOG3', '420', 'DOG3'],
    ['100', '100', ''],
    ['100wei', '100', 'wei'],
  ])('%s', (text, amount, currency) => {
    expect(parsePricePerUnit(text)).toEqual({ amount: ratio(amount), currency })
  })

  it.each(['abcUSD', '-100USD', '', '100 USD', '1.USD', '1/2'])('“%s” is none', (text) => {
    expect(() => parsePricePerUnit(text)).toThrow(expect.objectContaining({ code: 'LP_PRICE_TEXT', observed: text }))
  })
})

describe('a price in wei', () => {
  it('is exact in every currency', () => {
    expect(inWei('12.5')).toBe('25/2')
    expect(inWei('100wei')).toBe('100')
    expect(inWei('2ETH')).toBe('2000000000000000000')
    expect(inWei('2USD', 'ETH / USD', '100')).toBe('20000000000000000')
    expect(inWei('66usd', 'usd/eth', '1/420')).toBe('1100000000000000000/7')
    expect(inWei('50USD', 'ETH/USD', '3000')).toBe('50000000000000000/3')
    expect(feedRate(420_666_000n, 6).toString()).toBe('210333/500')
    expect([isEther(''), isEther('WEI'), isEther('eth'), isEther('USD')]).toEqual([true, true, true, false])
  })

  it('needs a feed with Ether on one side and the currency on the other', () => {
    expect(() => inWei('1USD', 'BTC / USD')).toThrow(refusal('price feed does not have ETH as a currency (BTC/USD)'))
    expect(() => inWei('1EUR', 'ETH / USD')).toThrow(refusal('price feed does not have EUR as a currency (ETH/USD)'))
    expect(() => inWei('1USD')).toThrow(refusal('no exchange rate of USD is known'))
    expect(() => inWei('1e3')).toThrow(refusal('no exchange rate of e3 is known'))
    expect(() => inWei('1USD', 'ETH / USD', '0')).toThrow(refusal('no exchange rate of USD is known'))
    for (const description of ['ETH', 'ETH/USD/EUR', '/USD', '']) {
      expect(() => parseFeedPair(description)).toThrow(expect.objectContaining({ code: 'LP_PRICE_CURRENCY' }))
    }
  })
})

function refusal(wireText: string): unknown {
  return expect.objectContaining({ code: 'LP_PRICE_CURRENCY', wireText })
}
