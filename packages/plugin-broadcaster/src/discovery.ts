import { type Capabilities, DISCOVERY_LIMIT_MS, type OrchestratorInfo, parseAddress } from '@livepeer-node/protocol'
import {
  type Candidate,
  type Clock,
  type Logger,
  type LivepeerError,
  type Payer,
  toLivepeerError,
} from '@livepeer-node/sdk'
import { endsBuying } from './buying.ts'
import type { CallLimits } from './rpc.ts'
import { isUsable, OrchestratorSession, type SessionInfo } from './session.ts'
import { unfit } from './wire-errors.ts'

/** Enough to choose from. */
const ENOUGH = 8

export interface DiscoveryParts {
  readonly clock: Clock
  readonly log: Logger
  /** First wait, ms. */
  readonly timeoutMs: number
  /** Why this orchestrator cannot do this job, in words; `undefined`: it can. */
  readonly misfit: (info: OrchestratorInfo) => string | undefined
  /** Who pays it; `undefined`: the work is free. @throws when it cannot be paid */
  readonly payer: (info: SessionInfo) => Payer | undefined
  /** Nobody can be paid. */
  readonly unpayable: (error: LivepeerError) => void
  /** Why one was not used the last time, by URI: told again only where it has changed. */
  readonly refusals: Map<string, string>
  readonly ask: (uri: string, capabilities: Capabilities, limits: CallLimits) => Promise<OrchestratorInfo>
}

export interface Round {
  readonly candidates: readonly Candidate[]
  readonly capabilities: Capabilities
  readonly signal: AbortSignal
  /** Called for each usable answer, also for those that come after the round was called done. */
  readonly found: (session: OrchestratorSession) => void
}

/**
 * One round: asks all candidates at once (wire.md §9.2). Done when all have answered, when there are enough to choose
 * from, or when the wait is over: 500 ms, doubled while no answer was usable, six seconds at most.
 */
export async function discover(parts: DiscoveryParts, round: Round): Promise<void> {
  const done = new AbortController()
  let usable = 0
  const asked = round.candidates.map(async (candidate) => {
    const session = await ask(parts, round, candidate)
    if (!session || round.signal.aborted) return
    round.found(session)
    usable += 1
    if (usable >= ENOUGH) done.abort()
  })
  // Asking never rejects; who is late is still welcome when this is over.
  void Promise.all(asked).then(() => done.abort())
  const signal = AbortSignal.any([done.signal, round.signal])
  await waitForEnough({ clock: parts.clock, firstMs: parts.timeoutMs, signal }, () => usable > 0)
}

interface Wait {
  readonly clock: Clock
  readonly firstMs: number
  readonly signal: AbortSignal
}

async function waitForEnough(wait: Wait, enough: () => boolean): Promise<void> {
  let waited = 0
  for (let ms = wait.firstMs; waited < DISCOVERY_LIMIT_MS; ms *= 2) {
    const next = Math.min(ms, DISCOVERY_LIMIT_MS - waited)
    const interrupted = await wait.clock.sleep(next, wait.signal).then(
      () => false,
      () => true,
    )
    waited += next
    if (interrupted || enough()) return
  }
}

async function ask(parts: DiscoveryParts, round: Round, candidate: Candidate) {
  const { clock, refusals } = parts
  try {
    const info = await parts.ask(candidate.uri, round.capabilities, { ms: DISCOVERY_LIMIT_MS, signal: round.signal })
    const accepted = accept(parts, candidate, info)
    const payer = parts.payer(accepted)
    const session = new OrchestratorSession({ info: accepted, candidate, now: clock.now(), payer })
    refusals.delete(candidate.uri)
    return session
  } catch (thrown) {
    if (!round.signal.aborted) refuse(parts, candidate, toLivepeerError(thrown))
    return undefined
  }
}

function accept(parts: DiscoveryParts, candidate: Candidate, info: OrchestratorInfo): SessionInfo {
  if (info.transcoder === '') throw unfit(candidate.uri, 'it takes no work (it named no service address)')
  if (!isServiceUri(info.transcoder)) throw unfit(candidate.uri, `its service address is "${info.transcoder}"`)
  if (!isUsable(info)) throw unfit(candidate.uri, 'it gave no auth token')
  const misfit = parts.misfit(info)
  if (misfit) throw unfit(candidate.uri, misfit)
  return info
}

/** Scheme, host and port; segments go to `<it>/segment` (wire.md §2.6). */
function isServiceUri(text: string): boolean {
  try {
    return /^https?:/.test(text) && parseAddress(text).uri !== ''
  } catch {
    return false // what cannot be read is none
  }
}

function refuse(parts: DiscoveryParts, { uri, origin }: Candidate, error: LivepeerError): void {
  // It is not this one's fault, and one line is enough for all.
  if (endsBuying(error)) return parts.unpayable(error)
  const { log, refusals } = parts
  const { code, message: reason } = error
  const isNews = refusals.get(uri) !== reason
  refusals.set(uri, reason)
  log[isNews ? 'warn' : 'debug']('orchestrator not used', { orchestrator: uri, origin, code, reason })
}
