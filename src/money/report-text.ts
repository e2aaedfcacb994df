import type { PaymentReport } from '@livepeer-node/sdk'
import { ether } from './amounts.ts'

/** One line for a person: when, what, how much. */
export function reportText({ event, message, amount }: PaymentReport, time: Date): string {
  const clock = time.toTimeString().slice(0, 8)
  return `${clock}  ${event.padEnd(16)} ${message}${amount === undefined ? '' : ` (${ether(amount)})`}`
}
