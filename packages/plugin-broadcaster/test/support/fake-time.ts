import { FakeClock } from '@livepeer-node/test-kit'
import type { OrchestratorDouble } from './orchestrator-double.ts'
import { type Rig, type RigStream, startRig } from './rig.ts'

interface Setting extends AsyncDisposable {
  readonly clock: FakeClock
  readonly rig: Rig
  readonly stream: RigStream
}

/** Moves the clock until `done`; real I/O gets its turns in between. */
export async function pass(clock: FakeClock, done: () => boolean, stepMs = 50): Promise<number> {
  const from = clock.monotonic()
  while (!done()) await clock.advance(stepMs)
  return clock.monotonic() - from
}

/** A node on a clock of the test's own, with one stream open. */
export async function setUp(orchestrators: readonly OrchestratorDouble[], clock = new FakeClock()): Promise<Setting> {
  const rig = await startRig({ orchestrators, clock })
  const stream = await rig.publish()
  return { clock, rig, stream, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() }
}
