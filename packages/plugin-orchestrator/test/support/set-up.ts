import { onTestFinished } from 'vitest'
import type { FakeClock } from '@livepeer-node/test-kit'
import { TestBroadcaster } from './broadcaster.ts'
import { type HeldTranscoder, QuickTranscoder } from './local.ts'
import { localPlugin, type Started, startOrchestrator, statusOf, whenAttached } from './node.ts'
import { TestTranscoder, type TranscoderInit } from './transcoder.ts'

export interface Setup {
  readonly transcoder?: HeldTranscoder | QuickTranscoder
  readonly options?: Parameters<typeof startOrchestrator>[0]
  readonly clock?: FakeClock
}

/** An orchestrator with a transcoder in its process, for one test. */
export async function withLocal({ transcoder = new QuickTranscoder(), options, clock }: Setup = {}): Promise<Started> {
  const started = await startOrchestrator(options, { plugins: [localPlugin(transcoder)], ...(clock && { clock }) })
  onTestFinished(() => started.node.stop())
  return started
}

/** An orchestrator that waits for transcoders to attach, for one test. */
export async function withRemote({ options, clock }: Omit<Setup, 'transcoder'> = {}): Promise<Started> {
  const started = await startOrchestrator(options, { ...(clock && { clock }) })
  onTestFinished(() => started.node.stop())
  return started
}

/** A broadcaster that has its session, for one test. */
export async function broadcaster({ uri }: Started): Promise<TestBroadcaster> {
  const b = new TestBroadcaster(uri)
  onTestFinished(() => b.close())
  await b.discover()
  return b
}

/** Attaches one more transcoder, for one test. */
export async function attach(started: Started, init: TranscoderInit = {}): Promise<TestTranscoder> {
  const before = (await statusOf(started)).transcoders.length
  const transcoder = new TestTranscoder(started.uri, init)
  onTestFinished(() => transcoder.kill())
  await whenAttached(started, before + 1)
  return transcoder
}
