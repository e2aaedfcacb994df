import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importKey } from '@livepeer-node/chain'
import { type Devnet, startDevnet } from '@livepeer-node/devnet'
import { createTestNodeWith, pluginFor } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openFoundation, type Scope } from '../src/foundation.ts'
import { options } from '../src/options.ts'

let devnet: Devnet
let keystore: string
beforeAll(async () => {
  devnet = await startDevnet({ orchestrators: 0, broadcasters: 0 })
  keystore = mkdtempSync(join(tmpdir(), 'livepeer-foundation-'))
  const { privateKey } = devnet.account('spare')
  await importKey({ dir: keystore, password: 'hush', scryptN: 2 }, { text: privateKey })
})
afterAll(async () => {
  await devnet.stop()
  rmSync(keystore, { recursive: true, force: true })
})

it('lets no transaction be signed that spends more than the operator allows', async () => {
  const settings = options.parse({
    network: 'devnet',
    ethUrl: devnet.rpc,
    ethController: devnet.controller,
    ethKeystorePath: keystore,
    ethPassword: 'hush',
    maxSpendPerTransaction: '1ETH',
    maxSpendPerDay: '1.5ETH',
  })
  const scopes: Scope[] = []
  const plugin = pluginFor('@x/plugin-own', (own) => void scopes.push(own), { runs: ['payment', 'redeem'] })
  await using node = await createTestNodeWith({ plugins: [plugin] })
  const [scope] = scopes
  if (!scope) throw new Error('not applied')
  const { transactions } = await openFoundation(scope, settings)
  const { address: to } = devnet.account('spare', 1)
  const send = (value: bigint) => transactions.send({ label: 'send', to, data: '0x', value })
  await expect(send(10n ** 18n)).rejects.toMatchObject({ code: 'LP_SPEND_LIMIT' })
  await send(9n * 10n ** 17n)
  await expect(send(9n * 10n ** 17n)).rejects.toMatchObject({ code: 'LP_SPEND_LIMIT' })
  expect(node.state).toBe('ready')
  expect(await devnet.provider.getBalance(to)).toBe(10_000n * 10n ** 18n + 9n * 10n ** 17n)
})
