const VARIABLES = ['LP_NETWORK', 'LP_ETH_URL', 'LP_ETHURL'] as const

/** Do flags or variables name a chain? Otherwise nothing of payments is loaded, unless the config file lists it. */
export function namesChain(
  flags: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const network = flags['network'] ?? env['LP_NETWORK']
  if (network === 'offchain') return false
  return flags['network'] !== undefined || flags['eth-url'] !== undefined || VARIABLES.some((name) => env[name])
}
