import { jobCapabilitiesMessage } from '@livepeer-node/protocol'
import type { LivepeerError } from '@livepeer-node/sdk'
import { FakeClock, Link } from '@livepeer-node/test-kit'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { OrchestratorRpc } from '../src/rpc.ts'
import { OrchestratorDouble } from './support/orchestrator-double.ts'

const capabilities = jobCapabilitiesMessage(1n)
const LIMITS = { ms: 6000 }

/** An orchestrator behind a link, and a client of it on a clock of the test's own. */
async function setUp(double: OrchestratorDouble) {
  const link = await Link.to(() => Number(new URL(double.uri).port))
  const clock = new FakeClock()
  const rpc = new OrchestratorRpc(clock)
  onTestFinished(async () => {
    rpc.close()
    await link[Symbol.asyncDispose]()
  })
  const ask = () => rpc.getOrchestrator(`https://${link.address}`, capabilities, LIMITS)
  return { link, clock, rpc, ask }
}

/** What a call failed with. */
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: LivepeerError) => error.code,
  )

afterEach(() => {
  vi.useRealTimers()
})

test('a connection that died without a word is replaced after the call that nobody answered', async () => {
  await using double = await OrchestratorDouble.start()
  const { link, clock, ask } = await setUp(double)
  await ask()
  link.silence()
  const unanswered = codeOf(ask())
  await clock.advance(LIMITS.ms)
  expect(await unanswered).toBe('LP_ORCHESTRATOR_TIMEOUT')
  await expect(ask()).resolves.toMatchObject({ transcoder: double.uri })
})

test('a connection that is reset in the middle of a call is no word of the orchestrator', async () => {
  await using double = await OrchestratorDouble.start({ getOrchestrator: () => new Promise(() => undefined) })
  const { link, ask } = await setUp(double)
  const broken = codeOf(ask())
  await double.until(({ asked }) => asked.length === 1)
  link.reset()
  expect(await broken).toBe('LP_ORCHESTRATOR_UNREACHABLE')
})

test('closing while a connection breaks does not end the process', async () => {
  const uncaught = vi.fn<(error: Error) => void>()
  process.on('uncaughtException', uncaught)
  onTestFinished(() => void process.off('uncaughtException', uncaught))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await using double = await OrchestratorDouble.start({ getOrchestrator: () => new Promise(() => undefined) })
  const { link, rpc, ask } = await setUp(double)
  const broken = codeOf(ask())
  await double.until(({ asked }) => asked.length === 1)
  link.silence()
  // The PING goes out, and its answer does not come in time: the connection is given up, which nobody has heard yet.
  vi.advanceTimersByTime(13_000)
  rpc.close()
  expect(await broken).toBe('LP_ORCHESTRATOR_UNREACHABLE')
  // By the end of another round trip it has been told.
  delete double.behaviour.getOrchestrator
  await ask()
  expect(uncaught).not.toHaveBeenCalled()
})
