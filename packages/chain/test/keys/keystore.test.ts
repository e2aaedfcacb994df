import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ethVerifier, keccak256 } from '@livepeer-node/protocol'
import { getBytes, Transaction } from 'ethers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAccount, exportKeyFile, findAccount, importKey, listAccounts, openKey, unlock } from '../../src/index.ts'

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266'
const scryptN = 1024

/** Of the Web3 Secret Storage definition. */
const WEB3_TEST_KEY = {
  address: '008aeeda4d805471df9b2a5b0f38a0c3bcba786b',
  version: 3,
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
}

let dir: string
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'livepeer-keys-')), 'keystore')
})
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }))

describe('a keystore', () => {
  it('that is not there has no accounts, and none is made', async () => {
    expect(await listAccounts(dir)).toEqual([])
    await expect(unlock({ dir, password: 'x' })).rejects.toMatchObject({ code: 'LP_ACCOUNT_MISSING' })
    expect(() => readdirSync(dir)).toThrow('ENOENT')
  })

  it('keeps a new account under the name that go-ethereum gives, for its owner alone', async () => {
    const { address, file } = await createAccount({ dir, password: 'hush', scryptN })
    const [name = ''] = readdirSync(dir)
    expect(name).toMatch(/^UTC--\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{9}Z--[0-9a-f]{40}$/)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(await listAccounts(dir)).toEqual([{ address, file: join(dir, name) }])
    await expect(openKey({ dir, password: 'hush' })).resolves.toMatch(/^0x[0-9a-f]{64}$/)
  })

  it('takes a private key and gives it back', async () => {
    const entry = await importKey({ dir, password: 'hush', scryptN }, { text: `${KEY.slice(2)}\n` })
    expect(entry.address).toBe(ADDRESS)
    expect(await openKey({ dir, address: ADDRESS.toLowerCase(), password: 'hush' })).toBe(KEY)
    expect(await openKey({ dir: entry.file, password: 'hush' })).toBe(KEY)
    await expect(importKey({ dir, password: 'x', scryptN }, { text: KEY })).rejects.toMatchObject({
      code: 'LP_ACCOUNT_PRESENT',
      observed: entry.file,
    })
  })

  it('takes a key file of others with its own password', async () => {
    const source = { text: JSON.stringify(WEB3_TEST_KEY), password: 'testpassword' }
    const { address } = await importKey({ dir, password: 'hush', scryptN }, source)
    expect(address.toLowerCase()).toBe(`0x${WEB3_TEST_KEY.address}`)
    expect(await openKey({ dir, password: 'hush' })).toBe(
      '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d',
    )
  })

  it('exports a file that opens elsewhere, and nothing without the password', async () => {
    await importKey({ dir, password: 'hush', scryptN }, { text: KEY })
    const text = await exportKeyFile({ dir, password: 'hush' })
    const other = join(dir, '..', 'other')
    expect((await importKey({ dir: other, password: 'hush', scryptN }, { text })).address).toBe(ADDRESS)
    await expect(exportKeyFile({ dir, password: 'wrong' })).rejects.toMatchObject({ code: 'LP_KEY_PASSWORD' })
  })

  it('leaves files alone that hold no key, and says which key files are no good', async () => {
    await importKey({ dir, password: 'hush', scryptN }, { text: KEY })
    const [name = ''] = readdirSync(dir)
    writeFileSync(join(dir, 'notes.txt'), 'buy milk')
    expect(await listAccounts(dir)).toHaveLength(1)
    const key = JSON.parse(readFileSync(join(dir, name), 'utf8')) as object
    writeFileSync(join(dir, name), JSON.stringify({ ...key, address: '00'.repeat(20) }))
    await expect(openKey({ dir, password: 'hush' })).rejects.toMatchObject({ code: 'LP_KEY_FILE' })
    await expect(importKey({ dir, password: 'x', scryptN }, { text: 'buy milk' })).rejects.toMatchObject({
      code: 'LP_KEY_FILE',
    })
    await expect(importKey({ dir, password: 'x', scryptN }, { text: '00'.repeat(32) })).rejects.toMatchObject({
      code: 'LP_KEY_FILE',
    })
  })

  it('is asked for one account only', async () => {
    const { address, file } = await createAccount({ dir, password: 'hush', scryptN })
    await importKey({ dir, password: 'hush', scryptN }, { text: KEY })
    await expect(findAccount(dir)).rejects.toMatchObject({ code: 'LP_ACCOUNT_AMBIGUOUS' })
    await expect(findAccount(dir, `0x${'12'.repeat(20)}`)).rejects.toMatchObject({
      code: 'LP_ACCOUNT_MISSING',
      observed: expect.stringContaining(address),
    })
    await expect(findAccount(dir, 'me')).rejects.toMatchObject({ code: 'LP_ACCOUNT_ADDRESS' })
    writeFileSync(join(dir, 'copy'), readFileSync(file))
    await expect(findAccount(dir, address)).rejects.toMatchObject({ code: 'LP_ACCOUNT_TWICE' })
  })
})

describe('an account that is unlocked', () => {
  it('signs for the wire and for the chain', async () => {
    await importKey({ dir, password: 'hush', scryptN }, { text: KEY })
    const { address, signer, transactions } = await unlock({ dir, password: 'hush' })
    const hash = keccak256('hello')
    ethVerifier.verify({ address: getBytes(address), hash, signature: await signer.sign(hash) })
    const transaction = { to: ADDRESS, value: 1n, nonce: 0, gasLimit: 21_000n, maxFeePerGas: 1n, chainId: 31_337n }
    expect(Transaction.from(await transactions.sign(transaction)).from).toBe(ADDRESS)
  })
})
