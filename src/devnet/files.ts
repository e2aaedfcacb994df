import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DevnetInfo } from '@livepeer-node/devnet'
import { replaceFile } from '@livepeer-node/sdk'
import { z } from 'zod'
import { noDevnet } from './errors.ts'

/** The keys are known to everybody, so this is no secret either. */
const PASSWORD = 'livepeer-devnet'
/** Nothing to guard: opening a key takes no time. */
const SCRYPT_N = 1024

const Info = z.object({
  rpc: z.string(),
  chainId: z.number(),
  controller: z.string(),
  accounts: z.array(
    z.object({
      address: z.string(),
      privateKey: z.string(),
      role: z.enum(['deployer', 'orchestrator', 'broadcaster', 'spare']),
    }),
  ),
})

/** What a local chain leaves in its folder for the commands and nodes that use it. */
export interface DevnetFiles {
  readonly info: string
  /** Folder with a key file for each account. */
  readonly keystore: string
  /** File with the password of all of them. */
  readonly password: string
}

export function devnetFiles(folder: string): DevnetFiles {
  return { info: join(folder, 'devnet.json'), keystore: join(folder, 'keystore'), password: join(folder, 'password') }
}

/** Writes what `readDevnet` reads, and the keys of all accounts; keys that are there already stay. */
export async function writeDevnet(folder: string, info: DevnetInfo): Promise<DevnetFiles> {
  const { importKey, listAccounts } = await import('@livepeer-node/chain')
  const files = devnetFiles(folder)
  await mkdir(folder, { recursive: true })
  const present = new Set((await listAccounts(files.keystore)).map(({ address }) => address))
  const missing = info.accounts.filter(({ address }) => !present.has(address))
  const key = { dir: files.keystore, password: PASSWORD, scryptN: SCRYPT_N }
  for (const { privateKey } of missing) await importKey(key, { text: privateKey })
  await replaceFile(files.password, `${PASSWORD}\n`)
  await replaceFile(files.info, `${JSON.stringify(info)}\n`)
  return files
}

/** The chain that was last started with this folder. @throws `LP_DEVNET_FOLDER` */
export async function readDevnet(folder: string): Promise<DevnetInfo> {
  const { info } = devnetFiles(folder)
  try {
    return Info.parse(JSON.parse(await readFile(info, 'utf8')))
  } catch (error) {
    throw noDevnet(folder, error)
  }
}
