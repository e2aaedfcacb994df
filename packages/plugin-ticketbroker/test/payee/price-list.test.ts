import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Rational } from '@livepeer-node/protocol'
import { describe, expect, it } from 'vitest'
import { PriceList, type PriceOptions } from '../../src/payee/price-list.ts'

const ALICE = new Uint8Array(20).fill(0xab)
const BOB = new Uint8Array(20).fill(0xcd)
const ethaddress = `0x${'aB'.repeat(20)}`

function prices(options: Partial<PriceOptions>) {
  const list = PriceList.from({ pixelsPerUnit: '1', ...options })
  return [list.of(ALICE), list.of(BOB)].map(String)
}

describe('prices', () => {
  it('are wei per pixel, exact', () => {
    expect(prices({ pricePerUnit: '1', pixelsPerUnit: '3' })).toEqual(['1/3', '1/3'])
    expect(prices({ pricePerUnit: '0.5', pixelsPerUnit: '1' })).toEqual(['1/2', '1/2'])
    expect(prices({ pricePerUnit: '0.000000000000000003ETH' })).toEqual(['3', '3'])
    expect(prices({ pricePerUnit: '0' })).toEqual(['0', '0'])
  })

  it('may be others for some broadcasters', () => {
    const gateways = [{ ethaddress, priceperunit: 5, pixelsperunit: 2 }]
    expect(prices({ pricePerUnit: '7', pricePerGateway: { gateways } })).toEqual(['5/2', '7'])
    const pricePerGateway = JSON.stringify({ broadcasters: [{ ethaddress, priceperunit: 5 }] })
    expect(prices({ pricePerUnit: '7', pricePerGateway })).toEqual(['5', '7'])
    const standard = { gateways: [{ ethaddress: 'default', priceperunit: 9, pixelsperunit: 1 }] }
    expect(prices({ pricePerGateway: standard })).toEqual(['9', '9'])
  })

  it('may stand in a file', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'prices-'))
    const path = join(dir, 'prices.json')
    await writeFile(path, JSON.stringify({ gateways: [{ ethaddress, priceperunit: 5, pixelsperunit: 1 }] }))
    expect(prices({ pricePerUnit: '7', pricePerGateway: path })).toEqual(['5', '7'])
    await rm(dir, { recursive: true })
  })

  it.each([
    ['LP_PRICE_UNSET', {}],
    ['LP_PRICE_TEXT', { pricePerUnit: 'much' }],
    ['LP_PRICE_TEXT', { pricePerUnit: '-1' }],
    ['LP_PRICE_CURRENCY', { pricePerUnit: '1USD' }],
    ['LP_PRICE_PIXELS', { pricePerUnit: '1', pixelsPerUnit: '0' }],
    ['LP_PRICE_PIXELS', { pricePerUnit: '1', pixelsPerUnit: 'many' }],
    ['LP_PRICE_GATEWAYS', { pricePerUnit: '1', pricePerGateway: '{' }],
    ['LP_PRICE_GATEWAYS', { pricePerUnit: '1', pricePerGateway: '/no/such/file' }],
    ['LP_PRICE_GATEWAYS', { pricePerUnit: '1', pricePerGateway: { gateways: [{ priceperunit: 1 }] } }],
  ])('that make no sense are refused: %s %j', (code, options) => {
    expect(() => prices(options)).toThrow(expect.objectContaining({ code }))
  })

  it('are fractions, never floats', () => {
    expect(PriceList.from({ pricePerUnit: '1', pixelsPerUnit: '3' }).standard).toEqual(Rational.of(1n, 3n))
  })
})
