import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anvilArguments, type DevnetOptions, settle } from '../src/options.ts'

describe('options', () => {
  it('have defaults for tests, and others with a keeper', () => {
    expect(settle({})).toMatchObject({
      keeper: false,
      roundLength: 50,
      orchestrators: 1,
      broadcasters: 1,
      accounts: 10,
    })
    expect(settle({ blockTime: 1 })).toMatchObject({ keeper: true, roundLength: 60 })
    expect(settle({ blockTime: 1, keeper: false })).toMatchObject({ keeper: false, roundLength: 50 })
    expect(settle({ orchestrators: 12 }).accounts).toBe(14)
    expect(settle({ adjustableRounds: true })).toMatchObject({ orchestrators: 0, broadcasters: 0 })
  })

  it('become anvil’s', () => {
    expect(line({})).toBe(
      '--prune-history 256 --disable-min-priority-fee --no-cors --port 0 --chain-id 31337 --accounts 10',
    )
    expect(line({ blockTime: 2, baseFee: 0n, timestamp: 5, state: '/nowhere/s.json' })).toMatch(
      / --block-time 2 --state \/nowhere\/s\.json --state-interval 60 --block-base-fee-per-gas 0 --timestamp 5 --mixed-mining$/,
    )
  })

  it.each<[string, DevnetOptions]>([
    ['more roles than accounts', { accounts: 2 }],
    ['a negative count', { orchestrators: -1 }],
    ['half an account', { broadcasters: 0.5 }],
    ['rounds that are too short', { roundLength: 9 }],
    ['a round of no length', { roundLength: Number.NaN }],
    ['blocks without time', { blockTime: 0 }],
    ['adjustable rounds with a keeper', { adjustableRounds: true, keeper: true }],
    ['adjustable rounds with roles', { adjustableRounds: true, orchestrators: 1 }],
  ])('refuse %s', (_, options) => {
    expect(() => settle(options)).toThrow(expect.objectContaining({ code: 'LP_DEVNET_OPTION' }))
  })

  it('refuse a time for a chain that has one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'livepeer-devnet-test-'))
    const state = join(folder, 'state.json')
    expect(() => settle({ state, timestamp: 5 })).not.toThrow()
    writeFileSync(state, '{}')
    expect(() => settle({ state, timestamp: 5 })).toThrow(expect.objectContaining({ code: 'LP_DEVNET_OPTION' }))
    rmSync(folder, { recursive: true })
  })
})

function line(options: DevnetOptions): string {
  return anvilArguments(settle(options)).join(' ')
}
