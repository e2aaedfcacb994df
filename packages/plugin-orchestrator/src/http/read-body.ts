import type { Readable } from 'node:stream'
import type { Clock } from '@livepeer-node/sdk'
import { bodyBroken, bodyStalled, noRoom, tooLarge } from '../segment/errors.ts'
import type { HttpRequest } from './answer.ts'
import type { Bodies } from './bodies.ts'
import type { Held } from './room.ts'

/** A body that brings nothing for this long has stalled, ms. */
const STALL_MS = 30_000
/** A body that is not whole after this will not be, however steadily it drips, ms. */
const WHOLE_MS = 300_000

/** Up to here an announced length is believed before it has come, bytes: a liar gets no more for nothing. */
const ROOM_AHEAD = 8 << 20

export interface BodyRules {
  /** For messages: `The segment`. */
  readonly what: string
  /** Bytes. */
  readonly limit: number
  readonly clock: Clock
  /** Where its bytes are counted. */
  readonly held?: Held
  /** Where room for it comes from; default: it is made anew. */
  readonly bodies?: Bodies
}

/**
 * The whole body. Rejects with `LP_BODY_TOO_LARGE`, `LP_BODY_NO_ROOM`, `LP_BODY_STALLED` or `LP_BODY_BROKEN`; the request is
 * then left as it is, so that it can still be answered.
 */
export async function readBody(request: HttpRequest, rules: BodyRules): Promise<Buffer> {
  const announced = Number(request.headers['content-length'])
  const collected = announced > 0 && announced <= ROOM_AHEAD ? new Filled(announced, rules.bodies) : new Chunks()
  await consume(request, rules, (chunk) => collected.add(chunk))
  return collected.bytes()
}

/** Pieces as they came; joining them copies all at once. */
class Chunks {
  readonly #chunks: Buffer[] = []

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }
}

/** A buffer of the announced length, filled as pieces come: half of the memory. */
class Filled {
  readonly #length: number
  readonly #bodies: Bodies | undefined
  /** Made with the first piece: an announcement alone costs nothing. */
  #buffer: Buffer | undefined
  #filled = 0

  constructor(length: number, bodies?: Bodies) {
    this.#length = length
    this.#bodies = bodies
  }

  add(chunk: Buffer): void {
    this.#buffer ??= this.#bodies?.allocate(this.#length) ?? Buffer.allocUnsafeSlow(this.#length)
    // More than was announced does not fit; Node ends such a request by itself.
    this.#filled += chunk.copy(this.#buffer, this.#filled)
  }

  bytes(): Buffer {
    return this.#buffer?.subarray(0, this.#filled) ?? Buffer.alloc(0)
  }
}

/** Reads a body to its end and keeps nothing of it, so that its sender can be answered. Rejects as `readBody`. */
export function discardBody(request: HttpRequest, rules: BodyRules): Promise<void> {
  return consume(request, rules, () => undefined)
}

function consume(request: HttpRequest, rules: BodyRules, keep: (chunk: Buffer) => void): Promise<void> {
  const { what, limit, clock, held, bodies } = rules
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // What Node puts before an HTTP/2 stream for likeness with HTTP/1.1 would hand every piece on once more.
  const source: Readable = 'stream' in request ? request.stream : request
  let received = 0
  let latest = clock.monotonic()
  const stalled = () => reject(bodyStalled(what, received, `${STALL_MS} ms without data`))
  // One timer for the whole body: pieces come by the hundred.
  const watch = (): (() => void) => {
    const left = latest + STALL_MS - clock.monotonic()
    return left > 0 ? clock.after(left, () => (stopTimer = watch())) : (stalled(), () => undefined)
  }
  let stopTimer = watch()
  const stopWhole = clock.after(WHOLE_MS, () => reject(bodyStalled(what, received, `${WHOLE_MS} ms for all of it`)))
  const onData = (chunk: Buffer) => {
    received += chunk.length
    if (received > limit) return reject(tooLarge(what, limit))
    if (held && !held.add(chunk.length)) return reject(noRoom(what))
    keep(chunk)
    latest = clock.monotonic()
  }
  const onEnd = () => resolve()
  const onBroken = (cause?: unknown) => reject(bodyBroken(what, received, cause))
  source.on('data', onData).once('end', onEnd).once('aborted', onBroken).once('close', onBroken).on('error', onBroken)
  return promise.finally(() => {
    stopTimer()
    stopWhole()
    bodies?.arrived(received)
    source.off('data', onData).off('end', onEnd).off('aborted', onBroken).off('close', onBroken)
    if (!source.readableEnded) source.pause()
  })
}
