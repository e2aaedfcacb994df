import { randomBytes } from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { keepToOneCore } from './lib/one-core.ts'
import { median, round } from './lib/statistics.ts'
import type { Bench } from './run.ts'
import { Sales } from './tickets/sales.ts'
import { Buyer, Seller } from './tickets/sides.ts'

/** What 2 s in four renditions take at 750 wei a pixel with tickets worth 8 gwei. */
const TICKETS = 10
const SEGMENT_BYTES = 500_000
const SEGMENTS_PER_SECOND = 50
const NS_PER_MS = 1e6

/**
 * Tickets made and checked by one thread on one core, by the wall clock and by its processor time: making is signing and encoding
 * a payment; checking is decoding it and all that an orchestrator asks of each ticket. Then the work of our payer and our payee for
 * 50 segments of 500 kB a second in this one thread (hashing, signing, about ten tickets, checks, books on disk, new terms), and
 * how late its event loop is.
 */
export const bench: Bench = {
  defaults: { runs: 5, segments: 1000, streams: 1, seconds: 20 },
  async run({ runs, segments: payments, seconds }) {
    const bound = keepToOneCore()
    console.error(bound)
    const buyer = new Buyer()
    const seller = new Seller(buyer.address)
    const whole = await inRuns({ runs, payments, tickets: TICKETS, buyer, seller })
    const single = await inRuns({ runs, payments, tickets: 1, buyer, seller })
    return {
      createPerSecond: whole.made.perSecond,
      verifyPerSecond: whole.checked.perSecond,
      createPerCpuSecond: whole.made.perCpuSecond,
      verifyPerCpuSecond: whole.checked.perCpuSecond,
      verifySinglePerSecond: single.checked.perSecond,
      verifySinglePerCpuSecond: single.checked.perCpuSecond,
      ...(await eventLoopDelay(seconds)),
      ticketsPerPayment: TICKETS,
      runs,
      bound,
    }
  },
}

interface Speed {
  readonly perSecond: number
  /** By the processor time that was needed: what other processes take does not count. */
  readonly perCpuSecond: number
}

interface Work {
  readonly runs: number
  readonly payments: number
  readonly tickets: number
  readonly buyer: Buyer
  readonly seller: Seller
}

/** Medians of the runs after a first one that does not count. */
async function inRuns({ runs, payments, tickets, buyer, seller }: Work): Promise<{ made: Speed; checked: Speed }> {
  const made: Speed[] = []
  const checked: Speed[] = []
  for (let run = 0; run <= runs; run++) {
    const offers = Array.from({ length: payments }, () => seller.terms())
    const headers: string[] = []
    const making = await speed(payments * tickets, async () => {
      for (const terms of offers) headers.push(await buyer.pay(terms, tickets))
    })
    const checking = await speed(payments * tickets, () => {
      const good = headers.reduce((sum, header) => sum + seller.receive(header), 0)
      if (good !== payments * tickets) throw new Error(`${payments * tickets - good} good tickets were refused`)
    })
    console.error(`${tickets} in a payment: ${making.perSecond} made, ${checking.perSecond} checked a second`)
    if (run === 0) continue
    made.push(making)
    checked.push(checking)
  }
  return { made: medianOf(made), checked: medianOf(checked) }
}

async function speed(tickets: number, work: () => void | Promise<void>): Promise<Speed> {
  const begun = performance.now()
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - begun) / 1000
  return { perSecond: Math.round(tickets / seconds), perCpuSecond: Math.round((tickets * 1e6) / (user + system)) }
}

function medianOf(speeds: readonly Speed[]): Speed {
  return {
    perSecond: median(speeds.map(({ perSecond }) => perSecond)),
    perCpuSecond: median(speeds.map(({ perCpuSecond }) => perCpuSecond)),
  }
}

async function eventLoopDelay(seconds: number): Promise<Record<string, number>> {
  using sales = new Sales()
  const video = randomBytes(SEGMENT_BYTES)
  const count = seconds * SEGMENTS_PER_SECOND
  const lateness = monitorEventLoopDelay({ resolution: 1 })
  const sale = (n: number): Promise<void> => {
    video.writeUInt32BE(n)
    return sales.next(video)
  }
  await sale(count)
  lateness.enable()
  const before = process.cpuUsage()
  const begun = performance.now()
  for (let n = 0; n < count; n++) {
    await delay(Math.max(0, begun + (n * 1000) / SEGMENTS_PER_SECOND - performance.now()))
    await sale(n)
  }
  lateness.disable()
  const { user, system } = process.cpuUsage(before)
  return {
    eventLoopDelayP50Ms: round(lateness.percentile(50) / NS_PER_MS),
    eventLoopDelayP99Ms: round(lateness.percentile(99) / NS_PER_MS),
    eventLoopDelayMaxMs: round(lateness.max / NS_PER_MS),
    segmentsPerSecond: round((count * 1000) / (performance.now() - begun), 1),
    cpuMsPerSegment: round((user + system) / 1000 / count),
  }
}
