import type { CloseReason, LivepeerError, MediaPacket, Publication, PublishRequest } from '@livepeer-node/sdk'
import { FakeClock, type LogLine, recordedLog } from '@livepeer-node/test-kit'
import type { ConnectionLimits } from '../src/connection.ts'
import { RtmpListener } from '../src/listener.ts'

/** Lets a test wait for something that another party does. */
export class Arrivals<T> {
  readonly items: T[] = []
  #waiters: { count: number; resolve: () => void }[] = []
  add(item: T): void {
    this.items.push(item)
    for (const waiter of this.#waiters) if (this.items.length >= waiter.count) waiter.resolve()
  }
  count(count: number): Promise<void> {
    return this.items.length >= count
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waiters.push({ count, resolve }))
  }
}

/** The far side of an accepted stream. */
export class FakePublication implements Publication {
  readonly stream
  readonly received = new Arrivals<MediaPacket>()
  readonly closings = new Arrivals<CloseReason>()
  readonly #abort = new AbortController()
  readonly signal = this.#abort.signal
  #full = Promise.withResolvers<void>()
  full = false

  constructor(id: string) {
    this.stream = { id, protocol: 'rtmp', ladder: [], startedAt: 0 }
  }
  readonly packets = {
    write: (packet: MediaPacket): boolean => {
      this.received.add(packet)
      return !this.full
    },
    ready: (): Promise<void> => this.#full.promise,
    end: async (): Promise<void> => {},
    abort: async (): Promise<void> => {},
  }
  makeRoom(): void {
    this.full = false
    this.#full.resolve()
    this.#full = Promise.withResolvers<void>()
  }
  sendAway(error: LivepeerError): void {
    this.#abort.abort(error)
  }
  close = async (reason: CloseReason): Promise<void> => this.closings.add(reason)
}

export const LIMITS: ConnectionLimits = {
  idleTimeoutMs: 10_000,
  stallTimeoutMs: 20_000,
  maxMessageBytes: 1024 * 1024,
  maxHeldBytes: 64 * 1024,
}

/** A listener whose every request is answered by `answer`; the default accepts all. */
export async function startListener(parts: {
  answer?: (request: PublishRequest) => Publication | Promise<Publication>
  limits?: Partial<ConnectionLimits>
  maxConnections?: number
}) {
  const clock = new FakeClock()
  const lines: LogLine[] = []
  const requests = new Arrivals<PublishRequest>()
  const publications = new Arrivals<FakePublication>()
  const accept = (request: PublishRequest): Publication => {
    const publication = new FakePublication(request.playbackId ?? 'random')
    publications.add(publication)
    return publication
  }
  const listener = new RtmpListener({
    publish: async (request) => {
      requests.add(request)
      return (parts.answer ?? accept)(request)
    },
    limits: { ...LIMITS, ...parts.limits },
    maxConnections: parts.maxConnections ?? 50,
    clock,
    log: recordedLog(lines),
  })
  const { port } = await listener.listen({ host: '127.0.0.1', port: 0 })
  return { listener, port, clock, lines, requests, publications, accept, [Symbol.asyncDispose]: () => listener.close() }
}
