import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Interface, type InterfaceAbi } from 'ethers'

const require = createRequire(import.meta.url)

/** Where each contract lies in the npm package: the tree that is one set, of one commit. */
const FOLDERS = {
  Controller: '',
  ManagerProxy: '',
  ServiceRegistry: '',
  BondingManager: 'bonding/',
  SortedDoublyLL: 'libraries/',
  TicketBroker: 'pm/',
  PollCreator: 'polling/',
  AdjustableRoundsManager: 'rounds/',
  RoundsManager: 'rounds/',
  MerkleSnapshot: 'snapshots/',
  LivepeerToken: 'token/',
  LivepeerTokenFaucet: 'token/',
  Minter: 'token/',
} as const

/** Contracts of the protocol that the npm package has. */
export type ArtifactName = keyof typeof FOLDERS

/** A compiled contract. */
export interface Artifact {
  readonly abi: Interface
  /** Hex; places of libraries are still open. */
  readonly bytecode: string
  /** By file and library: bytes at which its address goes. */
  readonly linkReferences: Readonly<
    Record<string, Readonly<Record<string, readonly { start: number; length: number }[]>>>
  >
}

interface ArtifactFile extends Omit<Artifact, 'abi'> {
  readonly abi: InterfaceAbi
}

/** Reads a contract out of the package `@livepeer/sdk`. */
export function readArtifact(name: ArtifactName): Artifact {
  const path = require.resolve(`@livepeer/sdk/abis/contracts/${FOLDERS[name]}${name}.sol/${name}.json`)
  const { abi, bytecode, linkReferences }: ArtifactFile = JSON.parse(readFileSync(path, 'utf8'))
  return { abi: new Interface(abi), bytecode, linkReferences }
}

/** The bytecode with the addresses of its libraries filled in. */
export function linkBytecode(
  { bytecode, linkReferences }: Artifact,
  libraries: Readonly<Record<string, string>>,
): string {
  let linked = bytecode
  for (const places of Object.values(linkReferences)) {
    for (const [library, references] of Object.entries(places)) {
      const address = libraries[library]?.slice(2).toLowerCase()
      if (!address) throw new Error(`The library ${library} is not deployed.`)
      for (const { start, length } of references) {
        const at = 2 + start * 2
        linked = linked.slice(0, at) + address + linked.slice(at + length * 2)
      }
    }
  }
  return linked
}

/** Creates a contract that answers every call with this number: stands in for the bridge’s view of the other chain. */
export function constantContract(answer: bigint): string {
  const runtime = `7f${answer.toString(16).padStart(64, '0')}60005260206000f3`
  return `0x6029600c60003960296000f3${runtime}`
}
