import { type FaceValueInputs, Rational, type TicketRound } from '@livepeer-node/protocol'

/** Wei. */
export const ETHER = 10n ** 18n

/** Where both sides of a conversation live. */
export interface World {
  readonly recipient: Uint8Array
  /** Wei per pixel. */
  readonly price: Rational
  readonly value: FaceValueInputs
  readonly l1Block: bigint
  readonly round: TicketRound
}

/** As it is on Arbitrum, at 0.01 gwei per gas; a segment of 2 s in four renditions costs about ten tickets. */
export const WORLD: World = {
  recipient: new Uint8Array(20).fill(1),
  price: Rational.of(757_500n, 1000n),
  value: {
    ev: 8_000_000_000n,
    redeemGas: 1_200_000n,
    gasPrice: 10_000_000n,
    maxFloat: 10n ** 18n,
    maxFaceValue: 0n,
  },
  l1Block: 20_000_000n,
  round: { creationRound: 3500n, creationRoundBlockHash: new Uint8Array(32).fill(0x5a) },
}
