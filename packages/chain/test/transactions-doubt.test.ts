import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { RpcRelay } from './rpc-relay.ts'
import { setUpSending } from './send-setup.ts'
import { connect, managerOf } from './support.ts'

const setup = setUpSending()

test('a receipt that is told late is waited for', async () => {
  const s = setup()
  let asked = 0
  s.relay.interfere = ({ method }) => {
    if (method !== 'eth_getTransactionReceipt') return undefined
    asked += 1
    return asked <= 20 ? { result: null } : undefined
  }
  await s.open({ lostAfterMs: 60_000 }).send(s.fund(1n))
  expect(asked).toBeGreaterThan(20)
  expect(await s.deposit()).toBe(1n)
})

test('one that an endpoint took without a word is followed, whatever the next one says of it', async () => {
  const s = setup()
  await using first = await RpcRelay.to(s.devnet.rpc)
  await using second = await RpcRelay.to(s.devnet.rpc)
  first.after = ({ method }) => (method === 'eth_sendRawTransaction' ? 'reset' : undefined)
  second.interfere = ({ method }) => {
    if (method === 'eth_sendRawTransaction') return { error: { code: -32_000, message: 'insufficient funds for gas' } }
    return method === 'eth_getTransactionByHash' ? { result: null } : undefined
  }
  const chain = await connect(s.devnet, { rpc: [first.url, second.url] })
  const manager = managerOf(chain, s.account)
  await manager.send(s.fund(1n))
  await manager.stop()
  chain.close()
  expect(await s.deposit()).toBe(1n)
  expect(await s.sent()).toBe(1)
})

test('what is signed and not mined yet is for nobody else to read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lp-journal-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const journal = join(folder, 'journal')
  setup().open({ journal })
  expect(statSync(journal).mode & 0o777).toBe(0o600)
})
