import { auxData, type LotteryTicket, type SignedTicket } from '@livepeer-node/protocol'
import type { Contract, ContractTransactionResponse, TransactionReceipt } from 'ethers'
import { getAddress, hexlify, isError } from 'ethers'

/** A ticket as the contract takes it. */
export function ticketStruct(ticket: LotteryTicket): unknown[] {
  return [
    getAddress(hexlify(ticket.recipient)),
    getAddress(hexlify(ticket.sender)),
    ticket.faceValue,
    ticket.winProb,
    BigInt(ticket.senderNonce),
    hexlify(ticket.recipientRandHash),
    hexlify(auxData(ticket.round)),
  ]
}

/** Arguments of `redeemWinningTicket`. */
export function redemption({ ticket, signature }: SignedTicket, rand: bigint): [unknown[], string, bigint] {
  return [ticketStruct(ticket), hexlify(signature), rand]
}

/** Sends a transaction and waits until it is mined. */
export async function transact(
  contract: Contract,
  method: string,
  args: readonly unknown[],
): Promise<TransactionReceipt> {
  const sent: ContractTransactionResponse = await contract.getFunction(method)(...args)
  const receipt = await sent.wait()
  if (!receipt) throw new Error(`${method} was not mined.`)
  return receipt
}

/** Names and arguments of a contract's events in a receipt. */
export function eventsOf(
  contract: Contract,
  { logs }: TransactionReceipt,
): { name: string; args: Record<string, unknown> }[] {
  return logs.flatMap((log) => {
    const parsed = contract.interface.parseLog(log)
    return parsed ? [{ name: parsed.name, args: parsed.args.toObject() }] : []
  })
}

/** Why a call is reverted, without sending it. */
export async function reasonOf(
  contract: Contract,
  method: string,
  args: readonly unknown[],
): Promise<string | undefined> {
  try {
    await contract.getFunction(method).staticCall(...args)
    return undefined
  } catch (error) {
    if (isError(error, 'CALL_EXCEPTION')) return error.reason ?? error.shortMessage
    throw error
  }
}
