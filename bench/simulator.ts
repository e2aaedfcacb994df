import { round } from './lib/statistics.ts'
import type { Bench } from './run.ts'
import { playLottery, type LotteryResult, type Scenario } from './simulator/lottery.ts'

const TICKETS_PER_PAYMENT = 10
const SIGMAS = 3
/** Per transaction the headline counts so many tickets. */
const PER_TICKETS = 50_000
const GWEI = 1_000_000_000n

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
 * that costs on the chain.
 */
export const bench: Bench = {
  defaults: { runs: 1, segments: 100_000, streams: 1, seconds: 0 },
  run({ segments: payments }) {
    const figures: Record<string, number | string> = { tickets: payments * TICKETS_PER_PAYMENT }
    for (const scenario of scenarios) {
      const result = playLottery(scenario, payments, TICKETS_PER_PAYMENT)
      console.error(`${scenario.name} (${scenario.what}): ${sentence(result)}`)
      Object.assign(figures, figuresOf(scenario.name, result))
      if (Math.abs(result.sigmas) > SIGMAS) process.exitCode = 1
    }
    return Promise.resolve(figures)
  },
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
