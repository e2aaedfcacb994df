import type { PoolMember } from '@livepeer-node/chain'
import { isAnyHost, parseServiceAddress } from '@livepeer-node/protocol'
import { toLivepeerError } from '@livepeer-node/sdk'

/** Reads of one orchestrator each that run at the same time. */
const PARALLEL_READS = 8

/** An orchestrator that may work in this round, and says where. */
export interface PooledOrchestrator {
  /** With checksum. */
  readonly address: string
  /** `https://host:port`, no path, no trailing slash. */
  readonly uri: string
  /** Wei of LPT, its delegators' included. */
  readonly stake: bigint
}

/** Where the pool is read from. */
export interface PoolSource {
  pool(): Promise<readonly PoolMember[]>
  isActive(address: string): Promise<boolean>
  serviceUri(address: string): Promise<string>
}

export interface PoolReading {
  readonly orchestrators: readonly PooledOrchestrator[]
  /** Active ones that nobody can reach: by address, why. */
  readonly unusable: ReadonlyMap<string, string>
}

/** Reads who may work now, and where (payments.md F1). All or nothing. @throws `LP_CHAIN_…` */
export async function readPool(source: PoolSource): Promise<PoolReading> {
  const members = await source.pool()
  const orchestrators: PooledOrchestrator[] = []
  const unusable = new Map<string, string>()
  for (let start = 0; start < members.length; start += PARALLEL_READS) {
    const some = members.slice(start, start + PARALLEL_READS)
    const read = await Promise.all(some.map((member) => readMember(source, member)))
    for (const { member, isActive, uri } of read) {
      if (!isActive) continue
      const { address, stake } = member
      const found = usableUri(uri)
      if ('why' in found) unusable.set(address, found.why)
      else orchestrators.push({ address, stake, uri: found.uri })
    }
  }
  return { orchestrators, unusable }
}

async function readMember(source: PoolSource, member: PoolMember) {
  const { address } = member
  const [isActive, uri] = await Promise.all([source.isActive(address), source.serviceUri(address)])
  return { member, isActive, uri }
}

/** The contract takes any text. */
function usableUri(text: string): { uri: string } | { why: string } {
  if (text === '') return { why: 'it has registered no service URI' }
  try {
    const address = parseServiceAddress(text)
    if (!address) return { why: 'it takes no work' }
    return isAnyHost(address.host) ? { why: `${address.host} is no address of a machine` } : { uri: address.uri }
  } catch (thrown) {
    return { why: toLivepeerError(thrown).message }
  }
}
