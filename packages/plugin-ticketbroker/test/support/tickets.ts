import {
  keySigner,
  type LotteryTicket,
  recipientRandHash,
  signTicket,
  type WinningTicket,
} from '@livepeer-node/protocol'

/** A signer with a key of its own for each number from 1 on. */
export function signerOf(number: number) {
  return keySigner(Uint8Array.from({ length: 32 }, (_, i) => (i === 31 ? number : 0)))
}

/** A winning ticket as an orchestrator stores it. */
export async function aWinner(changes: Partial<LotteryTicket> = {}): Promise<WinningTicket> {
  const sender = signerOf(1)
  const recipientRand = 12345n
  const ticket: LotteryTicket = {
    recipient: signerOf(2).address,
    sender: sender.address,
    faceValue: 2n ** 200n + 1n,
    winProb: 2n ** 255n,
    senderNonce: 1,
    recipientRandHash: recipientRandHash(recipientRand),
    round: { creationRound: 7n, creationRoundBlockHash: new Uint8Array(32).fill(9) },
    ...changes,
  }
  return { ticket, signature: await signTicket(sender, ticket), recipientRand, expirationBlock: 140n }
}
