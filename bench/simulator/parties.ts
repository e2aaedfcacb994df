import { create } from '@bufbuild/protobuf'
import {
  AuthTokenSchema,
  decodeMessage,
  encodeMessage,
  OrchestratorInfoSchema,
  PriceInfoSchema,
  Rational,
  type Signer,
  TicketParamsSchema,
} from '@livepeer-node/protocol'
import type { Payee } from '@livepeer-node/sdk'
// A bench looks behind what packages show to others.
import { Payers } from '../../packages/plugin-ticketbroker/src/payer/payers.ts'
import { ETHER, WORLD } from './world.ts'

/** Of the orchestrator; nobody connects to it. */
export const URI = 'https://127.0.0.1:8935'

/** Our own paying half, with deposit and reserve of an Ether each. */
export function payersOf(signer: Signer): Payers {
  const { l1Block, round: ticketRound } = WORLD
  const reserve = { fundsRemaining: ETHER, claimedInCurrentRound: 0n }
  return new Payers({
    signer,
    chain: {
      position: () => ({ l1Block, round: ticketRound.creationRound, ticketRound }),
      funds: () => ({ deposit: ETHER, withdrawRound: 0n, reserve }),
    },
    limits: {
      maxTicketEv: Rational.of(3_000_000_000_000n),
      maxTotalEv: Rational.of(20_000_000_000_000n),
      depositMultiplier: 1n,
    },
    report: () => undefined,
  })
}

/** The encoded `OrchestratorInfo` of a session, with new terms. */
export async function infoOf(
  payee: Payee,
  { sender, sessionId }: { sender: Uint8Array; sessionId: string },
): Promise<Uint8Array> {
  const { ticketParams, priceInfo } = await payee.quote({ sender, sessionId })
  return encodeMessage(
    OrchestratorInfoSchema,
    create(OrchestratorInfoSchema, {
      transcoder: URI,
      address: payee.address,
      ...(ticketParams && { ticketParams: decodeMessage(TicketParamsSchema, ticketParams) }),
      priceInfo: decodeMessage(PriceInfoSchema, priceInfo),
      authToken: create(AuthTokenSchema, { sessionId }),
    }),
  )
}
