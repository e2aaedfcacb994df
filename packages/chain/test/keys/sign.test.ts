import { verifyMessage, verifyTypedData } from 'ethers'
import { expect, it } from 'vitest'
import { identityOf, signText, signTyped } from '../../src/index.ts'

const KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'
const { address } = identityOf(KEY)

it('signs a text as wallets do', async () => {
  expect(verifyMessage('hello', await signText(KEY, 'hello'))).toBe(address)
})

it('signs typed data, whether the type of the domain is given or not', async () => {
  const domain = { name: 'Livepeer', chainId: 42_161 }
  const types = { Vote: [{ name: 'choice', type: 'uint8' }] }
  const message = { choice: 1 }
  const EIP712Domain = [{ name: 'name', type: 'string' }]
  for (const given of [types, { ...types, EIP712Domain }]) {
    const signature = await signTyped(KEY, JSON.stringify({ domain, types: given, primaryType: 'Vote', message }))
    expect(verifyTypedData(domain, types, message, signature)).toBe(address)
  }
})

it('signs nothing that it cannot read', async () => {
  await expect(signTyped(KEY, '{"types": {}}')).rejects.toThrow('domain')
})
