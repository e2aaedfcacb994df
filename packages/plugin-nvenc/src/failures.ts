import { LivepeerError } from '@livepeer-node/sdk'
import { logLines } from './log-lines.ts'

/** A way in which a card fails, by what FFmpeg and the driver write about it (node-av.md §9). */
interface Failure {
  readonly code: string
  readonly line: RegExp
  /** `limit`: it works and is full. Default `environment`. */
  readonly kind?: 'limit'
  /** Nothing that time mends: only an operator does. */
  readonly lasting: boolean
  /** After "NVIDIA card 0 …". */
  readonly what: string
  readonly remedy: string
}

/** In the order in which they are looked for: later ones are written along with earlier ones. */
const FAILURES: readonly Failure[] = [
  {
    code: 'LP_NVENC_DRIVER_MISSING',
    line: /Cannot load (libcuda|nvcuda)/,
    lasting: true,
    what: 'cannot be reached: no NVIDIA driver is here, or this process does not see it',
    remedy: 'Install the NVIDIA driver; in a container, give it the cards (docker run --gpus all).',
  },
  {
    code: 'LP_NVENC_LIBRARY_MISSING',
    line: /Cannot load (libnvidia-encode|libnvcuvid|nvEncodeAPI|nvcuvid)|Failed loading nvcuvid/,
    lasting: true,
    what: 'cannot encode: the video libraries of its driver are missing',
    remedy:
      'Install libnvidia-encode and libnvcuvid of the driver’s version; in a container set NVIDIA_DRIVER_CAPABILITIES=compute,video,utility.',
  },
  {
    code: 'LP_NVENC_DRIVER_OLD',
    line: /Driver does not support the required nvenc API version|minimum required Nvidia driver/i,
    lasting: true,
    what: 'has a driver that is too old',
    remedy: 'Install a driver that is at least as new as the line names.',
  },
  {
    code: 'LP_NVENC_DRIVER_MISMATCH',
    line: /CUDA_ERROR_(SYSTEM_DRIVER_MISMATCH|COMPAT_NOT_SUPPORTED)|Driver\/library version mismatch/,
    lasting: true,
    what: 'has a driver whose kernel module and libraries are of different versions',
    remedy: 'Restart the machine after an update of the driver; in a container, use the libraries of the host.',
  },
  {
    code: 'LP_NVENC_NO_CARD',
    line: /CUDA_ERROR_(NO_DEVICE|INVALID_DEVICE)\b/,
    lasting: true,
    what: 'is not there',
    remedy: 'Name cards that `nvidia-smi -L` lists, and look at CUDA_VISIBLE_DEVICES.',
  },
  {
    code: 'LP_NVENC_SESSION_LIMIT',
    line: /OpenEncodeSessionEx failed.*\((10|21)\)/,
    kind: 'limit',
    lasting: false,
    what: 'gives no encoder: other programs hold as many as the driver allows',
    remedy: 'End what else encodes on this machine, or use cards and drivers without the limit.',
  },
  {
    code: 'LP_NVENC_MEMORY',
    line: /CUDA_ERROR_OUT_OF_MEMORY|InitializeEncoder failed: out of memory|CUDA context for NVENC: 0x2\b/,
    kind: 'limit',
    lasting: false,
    what: 'is out of memory',
    remedy: 'Take fewer sessions (`sessionsPerCard`) or renditions, or end what else nvidia-smi lists on it.',
  },
  {
    code: 'LP_NVENC_UNSUPPORTED',
    line: /No (NVENC )?capable devices found|OpenEncodeSessionEx failed: unsupported device/,
    lasting: true,
    what: 'has no encoder for H.264',
    remedy: 'Take it out of `nvidia`: cards made for computing, as A100 and H100, have none.',
  },
  {
    code: 'LP_NVENC_CARD_LOST',
    line: /CUDA_ERROR_[A-Z_]+|GPU is lost|OpenEncodeSessionEx failed/,
    lasting: false,
    what: 'does not answer any more',
    remedy: 'Look for "NVRM: Xid" in the system’s log; a card that fell off the bus comes back with a restart.',
  },
]

/** What is wrong with a card. */
export interface CardFailure {
  readonly error: LivepeerError
  readonly lasting: boolean
}

/** By the log lines of an error of the engine; `undefined`: they do not speak of the card. */
export function knownFailure(card: number, thrown: unknown): CardFailure | undefined {
  const lines = logLines(thrown)
  const failure = FAILURES.find(({ line }) => lines.some((text) => line.test(text)))
  if (!failure) return undefined
  const { code, what, remedy, lasting, kind = 'environment' } = failure
  const observed = lines.filter((text) => failure.line.test(text)).join('; ')
  const message = `NVIDIA card ${card} ${what}: ${observed}`
  return { error: new LivepeerError({ code, kind, message, observed: { card }, remedy, cause: thrown }), lasting }
}
