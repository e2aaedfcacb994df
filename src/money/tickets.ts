import { setTimeout as delay } from 'node:timers/promises'
import type { ControlClient } from '../control/client.ts'
import { ether } from './amounts.ts'

const LOOK_MS = 1000

/** A winning ticket, as a node lists it. Amounts in wei, as text. */
export interface ListedTicket {
  /** Its hash. */
  readonly key: string
  readonly state: 'waiting' | 'redeemed' | 'lost'
  readonly sender: string
  readonly faceValue: string
  readonly creationRound: string
  readonly addedAt: string
  /** Of a redeemed one. */
  readonly transaction?: string
  readonly amount?: string
  /** Of a lost one. */
  readonly reason?: string
}

/** What a node asks, wei per pixel as `n/d`. */
export interface NodePrice {
  readonly weiPerPixel: string
  /** By broadcaster. */
  readonly special: Readonly<Record<string, string>>
}

export function ticketRows(tickets: readonly ListedTicket[]): string[][] {
  const head = ['CAME', 'STATE', 'FACE VALUE', 'PAID', 'SENDER', 'ROUND', '']
  return [head, ...tickets.map(row)]
}

function row({
  addedAt,
  state,
  faceValue,
  amount,
  sender,
  creationRound,
  transaction,
  reason,
}: ListedTicket): string[] {
  const paid = amount === undefined ? '-' : ether(BigInt(amount))
  return [addedAt, state, ether(BigInt(faceValue)), paid, sender, creationRound, transaction ?? reason ?? '']
}

/** Has the node look for what it can redeem, until no ticket waits or the time is over; how many wait then. */
export async function waitForRedemption(client: ControlClient, ms: number): Promise<number> {
  const endsAt = performance.now() + ms
  for (;;) {
    const { waiting } = await client.ask<{ readonly waiting: number }>('POST', '/payments/redeem')
    if (waiting === 0 || performance.now() >= endsAt) return waiting
    await delay(LOOK_MS)
  }
}
