import { z } from 'zod'

/**
 * What two nodes of ours tell each other beyond the wire of go-livepeer 0.9.1, in headers that its peers ignore: gRPC metadata
 * of RegisterTranscoder, headers of `/transcodeResults` and of the answers of `/segment`, and one endpoint that its orchestrators
 * answer with 404. Nothing here is needed for work to be done.
 */

/** RegisterTranscoder: a `TranscoderCard`. */
export const CARD_HEADER = 'livepeer-node-transcoder'
/** `/transcodeResults` and `/transcoderDrain`: `TranscoderCard.id` of who sends it. */
export const TRANSCODER_ID_HEADER = 'livepeer-node-transcoder-id'
/**
 * POST, empty body, with `authorization` and `credentials` as a result has, and the transcoder's id: it takes no new session from now
 * on. 200: its sessions are handed to others, a teardown message ends each; it leaves when none is left. 404: no such thing here.
 */
export const TRANSCODER_DRAIN_PATH = '/transcoderDrain'
/** On answers of `/segment`: `1` while the orchestrator drains. A broadcaster that has another one moves to it. */
export const DRAINING_HEADER = 'livepeer-node-draining'

const MAX_CARD_BYTES = 4096
const MAX_DEVICES = 32

/** It comes to an operator's terminal: nothing that steers one. */
const text = z
  .string()
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u)
const device = z.object({ backend: text, id: text, name: text })
const card = z.object({
  /** A UUID, new with each start of the process. */
  id: z.uuid(),
  /** What it calls itself: its host's name, unless it was given one. Not to be trusted. */
  name: text,
  /** Of its software. */
  version: text,
  devices: z.array(device).max(MAX_DEVICES),
  /** Encoded pixels per ms at full load, as its calibration found them; absent: not measured. */
  pixelsPerMs: z.number().positive().finite().optional(),
})

/** What a transcoder says of itself when it attaches. */
export type TranscoderCard = z.output<typeof card>

/** For the header: base64url of JSON. */
export function encodeTranscoderCard(value: TranscoderCard): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** `undefined` for what is absent, too long or no card: its sender is then known by its address alone. */
export function decodeTranscoderCard(header: string | null | undefined): TranscoderCard | undefined {
  if (!header || header.length > MAX_CARD_BYTES) return undefined
  try {
    const parsed = card.safeParse(JSON.parse(Buffer.from(header, 'base64url').toString('utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
