/**
 * The wire of go-livepeer 0.9.1 as data: messages, hashes, signatures, capabilities, profiles. No sockets.
 * @packageDocumentation
 */
export * from './gen/net/lp_rpc_pb.ts'
export * from './gen/net/redeemer_pb.ts'
