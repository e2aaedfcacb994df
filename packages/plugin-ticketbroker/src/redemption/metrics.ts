import type { Metric } from '@livepeer-node/sdk'

const WEI_PER_GWEI = 1e9

/** What redemption counts. */
export interface RedemptionCounts {
  /** Wei. */
  readonly redeemed: bigint
  readonly failures: number
  readonly lost: number
  readonly waiting: number
  readonly inFlight: number
}

/** Under go-livepeer's names where it has one (operator.md §3); amounts in gwei. */
export function redemptionMetrics({ redeemed, failures, lost, waiting, inFlight }: RedemptionCounts): Metric[] {
  return [
    counter('value_redeemed', 'What the contract has paid for winning tickets, gwei', Number(redeemed) / WEI_PER_GWEI),
    counter('ticket_redemption_errors', 'Redemptions that failed and are tried again', failures),
    counter('tickets_lost', 'Winning tickets whose rounds ended before they were redeemed', lost),
    gauge('tickets_waiting', 'Winning tickets that are not redeemed yet', waiting),
    gauge('tickets_in_flight', 'Winning tickets whose transaction is on its way', inFlight),
  ]
}

function counter(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'counter', value }
}

function gauge(name: string, help: string, value: number): Metric {
  return { name: `livepeer_${name}`, help, type: 'gauge', value }
}
