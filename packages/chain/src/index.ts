/**
 * The Livepeer protocol on an Ethereum chain: connections, contracts, keys, rounds, transactions.
 * @packageDocumentation
 */
export {}
