import { TypedDataEncoder, Wallet } from 'ethers'
import { z } from 'zod'

const Field = z.object({ name: z.string(), type: z.string() })
const TypedData = z.object({
  domain: z.record(z.string(), z.unknown()),
  types: z.record(z.string(), z.array(Field)),
  message: z.record(z.string(), z.unknown()),
})

/** Signature of a text, `0x…` of 65 bytes, as Ethereum's `personal_sign` makes it. `privateKey`: `0x…`. */
export function signText(privateKey: string, text: string): Promise<string> {
  return new Wallet(privateKey).signMessage(text)
}

/** Signature of typed data (EIP-712), given as JSON with `domain`, `types` and `message`. Throws what is wrong with it. */
export async function signTyped(privateKey: string, json: string): Promise<string> {
  const { domain, types, message } = TypedData.parse(JSON.parse(json))
  // The type of the domain follows from its fields.
  const { EIP712Domain: _, ...own } = types
  TypedDataEncoder.from(own)
  return new Wallet(privateKey).signTypedData(domain, own, message)
}
