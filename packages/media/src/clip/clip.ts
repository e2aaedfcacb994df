import type { Clock, Logger } from '@livepeer-node/sdk'
import { type CallInput, type CallName, type CallOutput } from '../supervisor/protocol.ts'
import { workerEntry, WorkerProcess } from '../supervisor/worker-process.ts'
import type { ClipOptions, ClipProtocol, Inspection, SplitMedia, SplitOptions } from './types.ts'

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

/**
 * Makes a short clip with a moving picture, a burned-in clock and a tone, in a process of its own. The same options give
 * the same frames. Test media, and the source of the start-up tests of backends.
 */
export async function generateClip(options: ClipOptions, clock?: Clock): Promise<Buffer> {
  return asBuffer(await once('generate', options, { clock }))
}

/** Reads every packet and decodes every frame, in a process of its own. Rejects with `LP_MEDIA_INVALID`. */
export function inspect(bytes: Uint8Array, clock?: Clock): Promise<Inspection> {
  return once('inspect', bytes, { clock })
}

/**
 * Cuts a file at key frames, in a process of its own; nothing is encoded. Other streams than the best video and the best
 * audio are left out. Of a local media playlist (`.m3u8`) it gives the segments as they are. Rejects with
 * `LP_MEDIA_INVALID`, `LP_NO_VIDEO`, `LP_PLAYLIST_UNUSABLE`, and what the system says of a file that cannot be read.
 */
export function splitMedia(options: SplitOptions, signal?: AbortSignal): Promise<SplitMedia> {
  return once('split', options, { signal })
}

async function once<N extends CallName<ClipProtocol>>(
  call: N,
  input: CallInput<ClipProtocol, N>,
  { clock, signal }: { clock?: Clock | undefined; signal?: AbortSignal | undefined },
): Promise<CallOutput<ClipProtocol, N>> {
  const worker = new WorkerProcess<ClipProtocol>({
    entry: workerEntry('worker', import.meta.url),
    name: 'clip',
    log: quiet,
    ...(clock && { clock }),
    silenceMs: 30_000,
  })
  try {
    return await worker.call(call, input, signal && { signal })
  } finally {
    await worker.end()
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
