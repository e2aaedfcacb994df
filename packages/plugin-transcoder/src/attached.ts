import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { CARD_HEADER, nodeCapabilities, parseOrchestratorList } from '@livepeer-node/protocol'
import { type PluginScope, toLivepeerError, untilAborted } from '@livepeer-node/sdk'
import type { Abilities } from './abilities.ts'
import { cardHeader } from './card.ts'
import { secretMissing, stopping } from './errors.ts'
import { TranscoderHttp } from './http.ts'
import { Jobs } from './jobs.ts'
import { OrchestratorLink, type Registration } from './link.ts'
import type { TranscoderOptions } from './options.ts'

/** Enough for a segment in hand, ms. */
const RESERVE_MS = 8000

type Scope = PluginScope<'transcode'>
type AttachedOptions = TranscoderOptions & { readonly orchAddr: string }

/** Attached: jobs come over the wire from the first orchestrator of the list (wire.md §2.6). */
export function attach(node: Scope, settings: AttachedOptions, abilities: Abilities): void {
  const { service } = abilities
  const address = parseOrchestratorList(settings.orchAddr)[0]
  if (settings.orchSecret === undefined || !address) throw secretMissing()
  const secret = node.secret(settings.orchSecret)
  // The orchestrator's port is a TLS one for transcoders, whatever the scheme says (wire.md §2.1).
  const orchestrator = `https://${address.authority}`
  const stop = new AbortController()
  const id = randomUUID()
  const name = settings.name ?? hostname()
  const { clock, log, version } = node
  const capabilities = () => nodeCapabilities({ capabilities: abilities.capabilities, version })
  const http = new TranscoderHttp({ orchestrator, secret, id, clock })
  const jobs = new Jobs({ service, http, clock, log, version, capabilities, signal: stop.signal })
  const registration = async (): Promise<Registration> => {
    const devices = await node.run.transcode.devices()
    const { pixelsPerMs } = abilities
    const card = { id, name, version, devices, ...(pixelsPerMs && { pixelsPerMs }) }
    return {
      request: { secret, capacity: BigInt(service.capacity), capabilities: capabilities() },
      headers: { [CARD_HEADER]: cardHeader(card) },
    }
  }
  const link = new OrchestratorLink({
    orchestrator,
    registration,
    onMessage: (message) => jobs.take(message),
    clock,
    log,
  })
  node.on.lifecycle.ready(() => link.start())
  node.on.lifecycle.draining((deadline, graceMs) =>
    drain({ link, jobs, http, abilities, log, clock }, deadline, graceMs),
  )
  node.on.lifecycle.status(() => [
    {
      name: 'transcoder',
      data: {
        mode: 'attached',
        id,
        name,
        orchestrator,
        state: link.state,
        ...abilities.status,
        jobs: jobs.counts,
        registries: { ...service.registries, jobs: jobs.counts.running },
      },
      work: { sessions: service.sessions.length, jobs: jobs.counts.running },
    },
  ])
  node.defer(async () => {
    stop.abort(stopping())
    await link.leave()
    await jobs.settled()
    await http.close()
  })
}

interface Leaving extends Pick<Scope, 'log' | 'clock'> {
  readonly link: OrchestratorLink
  readonly jobs: Jobs
  readonly http: TranscoderHttp
  readonly abilities: Abilities
}

/**
 * Where the orchestrator hands sessions over, it is told, and this one stays until it has none, or until what is left of
 * the grace is needed to finish the segments in hand. Then, and elsewhere at once, it leaves between two segments, as far
 * as it can: an orchestrator may write off what a transcoder that left had in hand.
 */
async function drain(leaving: Leaving, deadline: AbortSignal, graceMs: number): Promise<void> {
  const { link, jobs, abilities, log } = leaving
  if (link.state === 'attached' && (await isHeard(leaving, deadline))) {
    const { service } = abilities
    log.info('no new sessions; the orchestrator hands the others over', { sessions: service.sessions.length })
    await handedOver(leaving, deadline, graceMs)
    const sessions = service.sessions.length
    if (sessions > 0) log.warn('the grace is over, sessions are left to the orchestrator', { sessions })
  }
  if (!deadline.aborted) await untilAborted(jobs.settled(), deadline).catch(() => undefined)
  await link.leave()
  await jobs.settled()
}

/** Until no session is left, the orchestrator has gone, or little time is left. */
async function handedOver({ link, abilities, clock }: Leaving, deadline: AbortSignal, graceMs: number): Promise<void> {
  const enough = Promise.withResolvers<void>()
  const waitMs = graceMs - Math.min(RESERVE_MS, graceMs / 2)
  const undo = Number.isFinite(waitMs) ? clock.after(waitMs, enough.resolve) : () => {}
  const left = Promise.race([abilities.service.drain(), link.lost(), enough.promise])
  await untilAborted(left, deadline).catch(() => undefined)
  undo()
}

async function isHeard({ http, log }: Leaving, deadline: AbortSignal): Promise<boolean> {
  try {
    return await http.announceDrain(deadline)
  } catch (thrown) {
    const { code, message, remedy } = toLivepeerError(thrown)
    log.warn(message, { code, remedy })
    return false
  }
}
