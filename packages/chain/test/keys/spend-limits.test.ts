import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FakeClock } from '@livepeer-node/test-kit'
import type { TransactionLike } from 'ethers'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { limitSpending, type SpendLimits } from '../../src/index.ts'

const HOUR = 3_600_000
let dir: string
let signed: TransactionLike[]
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'livepeer-spend-'))
  signed = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function limited(limits: SpendLimits, clock = new FakeClock(), file = join(dir, 'spent.json')) {
  const signer = {
    address: '0x',
    sign: (transaction: TransactionLike) => {
      signed.push(transaction)
      return Promise.resolve('0xsigned')
    },
  }
  return limitSpending(signer, limits, { file, clock })
}

it('signs nothing above the limit of a transaction, gas included', async () => {
  const signer = limited({ perTransaction: 100n })
  const transaction = { nonce: 1, value: 50n, gasLimit: 10n, maxFeePerGas: 5n }
  expect(await signer.sign(transaction)).toBe('0xsigned')
  await expect(signer.sign({ ...transaction, nonce: 2, maxFeePerGas: 6n })).rejects.toMatchObject({
    code: 'LP_SPEND_LIMIT',
    observed: '110 wei',
    limit: '100 wei',
  })
  expect(signed).toHaveLength(1)
})

it('counts a day, over restarts and at once', async () => {
  const clock = new FakeClock()
  const signer = limited({ perDay: 100n }, clock, join(dir, 'one.json'))
  const turns = await Promise.allSettled([1, 2, 3].map((nonce) => signer.sign({ nonce, value: 50n })))
  expect(turns.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
  await clock.advance(23 * HOUR)
  await expect(limited({ perDay: 100n }, clock, join(dir, 'one.json')).sign({ nonce: 4, value: 1n })).rejects.toThrow(
    'today',
  )
  await clock.advance(HOUR + 1)
  await expect(signer.sign({ nonce: 4, value: 100n })).resolves.toBe('0xsigned')
})

it('counts the replacement of a transaction once', async () => {
  const signer = limited({ perDay: 100n })
  await signer.sign({ nonce: 1, value: 60n })
  await signer.sign({ nonce: 1, value: 90n })
  await expect(signer.sign({ nonce: 2, value: 11n })).rejects.toMatchObject({ observed: '101 wei' })
  expect(JSON.parse(readFileSync(join(dir, 'spent.json'), 'utf8'))).toMatchObject([{ nonce: 1, wei: '90' }])
})

it('signs nothing where it cannot keep count', async () => {
  writeFileSync(join(dir, 'broken.json'), '[{"wei": 12}]')
  const broken = limited({ perDay: 100n }, new FakeClock(), join(dir, 'broken.json'))
  await expect(broken.sign({ nonce: 1, value: 1n })).rejects.toMatchObject({ code: 'LP_SPEND_JOURNAL' })
  const nowhere = limited({ perDay: 100n }, new FakeClock(), join(dir, 'none', 'spent.json'))
  await expect(nowhere.sign({ nonce: 1, value: 1n })).rejects.toMatchObject({ code: 'LP_SPEND_JOURNAL' })
  expect(signed).toEqual([])
})
