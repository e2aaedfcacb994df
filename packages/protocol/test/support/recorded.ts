import { readFileSync } from 'node:fs'
import type { DescMessage } from '@bufbuild/protobuf'
import { file_net_lp_rpc } from '../../src/index.ts'

/**
 * Messages that crossed the wire between processes of go-livepeer 0.9.1, test keys only: off chain (offchain.json),
 * with profiles of all kinds (profiles.json), with tickets on a local chain (onchain.json). refusals.json holds requests,
 * most of them bad, and what the reference's orchestrator answered; http.json its webhooks, playlists and sizes.
 */
export type RecordingName = 'offchain' | 'profiles' | 'onchain'

export interface RecordedMessage {
  readonly where: string
  readonly type: string
  readonly schema: DescMessage
  readonly bytes: Uint8Array
  /** Protobuf's JSON form, as the reference's own library wrote it. */
  readonly decoded: unknown
}

interface RawMessage {
  readonly type: string
  readonly base64: string
  readonly decoded: unknown
}

export interface Exchange {
  readonly n: number
  readonly path: string
  readonly requestMessages?: readonly RawMessage[]
  readonly responseMessages?: readonly RawMessage[]
  readonly headerMessages?: readonly RawMessage[]
}

export function recording(name: RecordingName): Exchange[] {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
}

/** Every message of a recording. */
export function recordedMessages(name: RecordingName): RecordedMessage[] {
  return recording(name).flatMap((exchange) =>
    (['requestMessages', 'headerMessages', 'responseMessages'] as const).flatMap((list) =>
      (exchange[list] ?? []).map((raw, i) => ({
        where: `${name} n ${exchange.n} ${list}[${i}] ${raw.type}`,
        type: raw.type,
        schema: schemaOf(raw.type),
        bytes: new Uint8Array(Buffer.from(raw.base64, 'base64')),
        decoded: raw.decoded,
      })),
    ),
  )
}

function schemaOf(type: string): DescMessage {
  const schema = file_net_lp_rpc.messages.find((message) => message.name === type)
  if (!schema) throw new Error(`No message ${type}.`)
  return schema
}
