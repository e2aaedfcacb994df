import { keySigner, maxRational, Rational } from '@livepeer-node/protocol'
import type { Payee } from '@livepeer-node/sdk'
import { round } from '../lib/statistics.ts'
import { Conversation } from './conversation.ts'
import { payersOf, URI } from './parties.ts'
import { SeededBytes } from './seeded.ts'

const LOSS_PERCENT = 10
const CRASH_PERCENT = 3
const STREAMS = 8

/** An orchestrator, and how to look into it. */
export interface Orchestrator {
  readonly payee: Payee
  readonly held: (sessionId: string, sender: Uint8Array) => Rational
  /** Where its process ends now and then. */
  readonly restart?: () => void
}

/** How far both sides were apart. */
export interface Divergence {
  readonly delivered: number
  readonly lost: number
  /** Why segments were refused, each time. */
  readonly refused: readonly string[]
  /** After a delivered segment, in expected values of one ticket. */
  readonly most: number
  /** Share of delivered segments after which both balances were the same to the wei. */
  readonly samePercent: number
}

/** Several streams of so many segments, one after the other, of which one message in ten is lost, whichever it is. */
export async function measureDivergence(
  seed: string,
  { payee, held, restart }: Orchestrator,
  segments: number,
): Promise<Divergence> {
  const sums = { delivered: 0, lost: 0, same: 0, most: Rational.ZERO }
  const refusals: string[] = []
  for (let stream = 0; stream < STREAMS; stream++) {
    const sessionId = `stream-${stream}`
    const chance = new SeededBytes(`${seed} ${stream}`)
    const signer = keySigner(chance.next().subarray(0, 32))
    const conversation = new Conversation({
      payee,
      held: () => held(sessionId, signer.address),
      open: (info) => payersOf(signer).open({ streamId: sessionId, orchestrator: URI, info }),
      sender: signer.address,
      sessionId,
      chance,
      lossPercent: LOSS_PERCENT,
      ...(restart && { crash: { percent: CRASH_PERCENT, restart } }),
    })
    const { delivered, lost, refused, apart } = await conversation.segments(Math.ceil(segments / STREAMS))
    sums.delivered += delivered
    sums.lost += lost
    refusals.push(...refused)
    sums.same += apart.filter(({ sign }) => sign === 0).length
    sums.most = apart.reduce(maxRational, sums.most)
  }
  const { delivered, lost } = sums
  return {
    delivered,
    lost,
    refused: refusals,
    most: Number(sums.most.toFixed(6)),
    samePercent: round((sums.same * 100) / delivered),
  }
}
