/**
 * The real Livepeer contracts on a local chain: for trying things out, and for tests.
 * @packageDocumentation
 */
export type { AccountRole, DevnetAccount } from './accounts.ts'
export type { ContractName } from './deploy.ts'
export { type Devnet, type DevnetInfo, type Snapshot, startDevnet } from './devnet.ts'
export type { DevnetOptions } from './options.ts'
export type { RoundState } from './rounds.ts'
