/**
 * The media engine. Importing this loads no codec: the work is done in child processes.
 * @packageDocumentation
 */
export { generateClip, inspect } from './clip/clip.ts'
export type { ClipOptions, InspectedFrame, InspectedPacket, Inspection } from './clip/types.ts'
export type { WorkerEnd } from './supervisor/errors.ts'
export type { CallInput, CallName, CallOutput, EventName, WorkerProtocol } from './supervisor/protocol.ts'
export { WorkerPool } from './supervisor/worker-pool.ts'
export {
  type CallOptions,
  isWorkerDeath,
  workerEntry,
  type WorkerOptions,
  WorkerProcess,
} from './supervisor/worker-process.ts'
