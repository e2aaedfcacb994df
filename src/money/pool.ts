import type { Chain } from '@livepeer-node/chain'

/** Service URIs of the orchestrators that are to be active in the next round, largest stake first; those without one are left out. */
export async function poolUris({ contracts }: Chain): Promise<readonly string[]> {
  const pool = await contracts.bondingManager.poolOf()
  const uris = await Promise.all(pool.map(({ address }) => contracts.serviceRegistry.serviceUri(address)))
  return uris.filter((uri) => URL.canParse(uri))
}
