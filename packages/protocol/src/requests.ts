import { create } from '@bufbuild/protobuf'
import { toAddress } from './bytes.ts'
import { type Capabilities, type OrchestratorRequest, OrchestratorRequestSchema } from './gen/net/lp_rpc_pb.ts'
import { addressText, keccak256 } from './hash.ts'
import type { Signer, Verifier } from './signer.ts'

/**
 * The request that opens a session. Its signature covers the address alone, so one request serves every
 * orchestrator for the life of the process (wire.md §4.1). Without `capabilities` it is a mere poll.
 */
export async function orchestratorRequest(signer: Signer, capabilities?: Capabilities): Promise<OrchestratorRequest> {
  return create(OrchestratorRequestSchema, {
    address: toAddress(signer.address),
    sig: await signer.sign(keccak256(addressText(signer.address))),
    ...(capabilities && { capabilities }),
  })
}

/** @throws `LP_SIGNATURE_INVALID` unless the request is signed by the address in it. */
export function verifyOrchestratorRequest(verifier: Verifier, request: OrchestratorRequest): void {
  const address = toAddress(request.address)
  verifier.verify({ address, hash: keccak256(addressText(address)), signature: request.sig })
}

/** What Ping answers: the orchestrator's signature over the value (wire.md §6.4); off chain empty. */
export function signPing(signer: Signer, value: Uint8Array): Promise<Uint8Array> {
  return signer.sign(keccak256(value))
}
