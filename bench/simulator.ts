import { round } from './lib/statistics.ts'
import type { Bench } from './run.ts'
import { measureDivergence, type Orchestrator } from './simulator/divergence.ts'
import { playLottery, type LotteryResult, type Scenario } from './simulator/lottery.ts'
import { SilentPayee } from './simulator/silent-payee.ts'
import { TicketOrchestrator } from './simulator/ticket-orchestrator.ts'
import { WORLD } from './simulator/world.ts'

const TICKETS_PER_PAYMENT = 10
const SIGMAS = 3
/** Per transaction the headline counts so many tickets. */
const PER_TICKETS = 50_000
const GWEI = 1_000_000_000n
/** Expected values of one ticket by which both sides' balances may differ after a segment. */
const MOST_EV_APART = 1

const scenarios: readonly Scenario[] = [
  {
    name: 'arbitrum',
    what: 'defaults, gas at 0.01 gwei, a large reserve',
    value: { ev: 8n * GWEI, redeemGas: 1_200_000n, gasPrice: GWEI / 100n, maxFloat: 10n ** 18n, maxFaceValue: 0n },
  },
  {
    name: 'smallReserve',
    what: 'defaults, gas at 0.01 gwei, a share of 2·10^14 wei in the reserve',
    value: { ev: 8n * GWEI, redeemGas: 1_200_000n, gasPrice: GWEI / 100n, maxFloat: 2n * 10n ** 14n, maxFaceValue: 0n },
  },
  {
    name: 'oneInEight',
    what: 'one ticket in eight wins',
    value: { ev: 8n * GWEI, redeemGas: 1_200_000n, gasPrice: 0n, maxFloat: 64n * GWEI, maxFaceValue: 0n },
  },
]

/**
 * A million tickets from fixed seeds in each of three worlds: what recipients are paid against what tickets are worth, and what
 * that costs on the chain. Then streams of which one message in ten is lost: how far both sides' balances are apart.
 */
export const bench: Bench = {
  defaults: { runs: 1, segments: 100_000, streams: 1, seconds: 0 },
  async run({ segments: payments }) {
    const figures: Record<string, number | string> = { tickets: payments * TICKETS_PER_PAYMENT }
    for (const scenario of scenarios) {
      const result = playLottery(scenario, payments, TICKETS_PER_PAYMENT)
      console.error(`${scenario.name} (${scenario.what}): ${sentence(result)}`)
      Object.assign(figures, figuresOf(scenario.name, result))
      if (Math.abs(result.sigmas) > SIGMAS) process.exitCode = 1
    }
    Object.assign(figures, await divergences(Math.ceil(payments / 20)))
    return figures
  },
}

/** Both sides' balances where messages are lost: our own orchestrator, with and without crashes, and one that reports nothing. */
async function divergences(segments: number): Promise<Record<string, number>> {
  using ours = new TicketOrchestrator()
  using crashing = new TicketOrchestrator()
  const silent = new SilentPayee(WORLD)
  const orchestrators: Record<string, Orchestrator> = {
    loss: { payee: ours, held: (session, sender) => ours.balance(sender, session) },
    crashes: {
      payee: crashing,
      held: (session, sender) => crashing.balance(sender, session),
      restart: () => crashing.restart(),
    },
    silent: { payee: silent, held: (session) => silent.balance(session) },
  }
  const figures: Record<string, number> = {}
  for (const [name, orchestrator] of Object.entries(orchestrators)) {
    const seen = await measureDivergence(name, orchestrator, segments)
    const { delivered, lost, refused, most, samePercent } = seen
    console.error(
      `${name}: ${delivered} delivered, ${lost} lost, ${refused.length} refused; ` +
        `balances the same after ${samePercent} %, ${most} tickets apart at most`,
    )
    for (const why of refused) console.error(`  refused: ${why}`)
    Object.assign(figures, { [`${name}MostEvApart`]: most, [`${name}Refused`]: refused.length })
    if (name !== 'silent' && (most > MOST_EV_APART || refused.length > 0)) process.exitCode = 1
  }
  return figures
}

function figuresOf(name: string, { winners, tickets, sigmas, overheadPercent }: LotteryResult): Record<string, number> {
  return {
    [`${name}Winners`]: winners,
    [`${name}Sigmas`]: round(sigmas),
    [`${name}TransactionsPer${PER_TICKETS}`]: round((winners * PER_TICKETS) / tickets),
    [`${name}OverheadPercent`]: round(overheadPercent),
  }
}

function sentence({ tickets, winners, paid, expected, sigmas, overheadPercent }: LotteryResult): string {
  const transactions = round((winners * PER_TICKETS) / tickets)
  return (
    `${winners} of ${tickets} won, paid ${paid} wei of ${expected.toFixed(0)} expected, ${round(sigmas)} σ; ` +
    `${transactions} transactions for ${PER_TICKETS} tickets, redeeming costs ${round(overheadPercent)} % of what it pays`
  )
}
