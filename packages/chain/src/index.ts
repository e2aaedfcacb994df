/**
 * The Livepeer protocol on an Ethereum chain: connections, contracts, keys, rounds, transactions.
 * @packageDocumentation
 */
export * from './keys/keystore.ts'
export * from './keys/spend-limits.ts'
export * from './keys/transaction-signer.ts'
export * from './keys/unlock.ts'
export * from './networks.ts'
