import { readAuxData, recipientRandHash, ticketHash, toHex } from '@livepeer-node/protocol'
import type { ChainLog, TicketBroker } from '@livepeer-node/chain'
import type { RedemptionEvent } from './chain.ts'

/** The key of a ticket: `0x…` of its hash. */
export function ticketKey(ticket: Parameters<typeof ticketHash>[0]): string {
  return `0x${toHex(ticketHash(ticket))}`
}

/** What the contract says it did, by the keys of the tickets. `logs` in the order of the chain. */
export function redemptionEvents(broker: TicketBroker, logs: readonly ChainLog[]): Map<string, RedemptionEvent> {
  const events = new Map<string, RedemptionEvent>()
  let amount = 0n
  for (const log of logs) {
    const event = broker.readEvent(log)
    // Each ticket that pays something says how much right before it says that it is redeemed (payments.md C).
    if (event?.name === 'WinningTicketTransfer') amount = BigInt(String(event.args.amount))
    if (event?.name !== 'WinningTicketRedeemed') continue
    events.set(keyOf(event.args), { transaction: log.transactionHash, block: log.block, amount })
    amount = 0n
  }
  return events
}

/** The event names all of a ticket but its `recipientRandHash`, which follows from the number that it reveals. */
function keyOf(args: Readonly<Record<string, unknown>>): string {
  const { sender, recipient, faceValue, winProb, senderNonce, recipientRand, auxData } = args
  return ticketKey({
    sender: bytesOf(sender),
    recipient: bytesOf(recipient),
    faceValue: BigInt(String(faceValue)),
    winProb: BigInt(String(winProb)),
    senderNonce: Number(senderNonce),
    recipientRandHash: recipientRandHash(BigInt(String(recipientRand))),
    round: readAuxData(bytesOf(auxData)) ?? { creationRound: 0n, creationRoundBlockHash: new Uint8Array(32) },
  })
}

function bytesOf(hex: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(hex).slice(2), 'hex'))
}
