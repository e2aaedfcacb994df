import { HDNodeWallet, Mnemonic } from 'ethers'

const MNEMONIC = 'test test test test test test test test test test test junk'

/** What an account is for. */
export type AccountRole = 'deployer' | 'orchestrator' | 'broadcaster' | 'spare'

/** An account with Ether and tokens. Its key is public knowledge. */
export interface DevnetAccount {
  /** With checksum. */
  readonly address: string
  /** `0x…`, 32 bytes. */
  readonly privateKey: string
  readonly role: AccountRole
}

/** The accounts that every local chain has: the first deploys, then come orchestrators, broadcasters, and spare ones. */
export function makeAccounts(counts: {
  accounts: number
  orchestrators: number
  broadcasters: number
}): DevnetAccount[] {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), "m/44'/60'/0'/0")
  return Array.from({ length: counts.accounts }, (_, i) => {
    const { address, privateKey } = root.deriveChild(i)
    return { address, privateKey, role: roleOf(i, counts) }
  })
}

function roleOf(
  index: number,
  { orchestrators, broadcasters }: { orchestrators: number; broadcasters: number },
): AccountRole {
  if (index === 0) return 'deployer'
  if (index <= orchestrators) return 'orchestrator'
  return index <= orchestrators + broadcasters ? 'broadcaster' : 'spare'
}
