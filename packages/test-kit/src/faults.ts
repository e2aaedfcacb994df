/**
 * The fault kit: what goes wrong in a network of nodes, done on purpose to processes and to the links between them. Needs no
 * test runner. Linux only.
 * @packageDocumentation
 */
export { Chance } from './faults/chance.ts'
export type { Fault, FaultTarget } from './faults/fault.ts'
export { corruptLink, partition, resetLink, slowLink } from './faults/link-faults.ts'
export { crashWorker, diskFull, hangWorker, kill, pause, slowProcess } from './faults/process-faults.ts'
export { descendantsOf, processesWith } from './faults/processes.ts'
export { type Spoil, spoilResults } from './faults/spoil-results.ts'
export { TemporaryFolder } from './temporary-folder.ts'
export { Link, type LinkOptions, type SlowLink } from './link.ts'
