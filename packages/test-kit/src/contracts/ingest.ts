import {
  type CloseReason,
  LivepeerError,
  type MediaPacket,
  type Plugin,
  type Publication,
  type PublishRequest,
} from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { aStream } from '../builders.ts'
import { pluginFor } from '../plugin-for.ts'
import { createTestNode, type TestNode } from '../test-node.ts'
import { isHeader, isKey } from './flv.ts'
import { stopContract } from './stop.ts'

/** A real publisher. */
export interface Pusher {
  /** Ends the stream in order. */
  stop(): Promise<void>
  /** Vanishes without a word. */
  kill(): void
  /** Resolves when the publisher is gone, whoever ended it. Never rejects. */
  readonly gone: Promise<void>
}

export interface IngestContract {
  /** The plugins under test, freshly made; together they run `ingest.publish`. */
  readonly make: () => readonly Plugin[]
  /** Starts a real publisher of H.264 and AAC whose playback id is `name`. */
  readonly push: (node: TestNode, name: string) => Promise<Pusher>
}

/** What every ingest must do: ask before it takes, lose nothing while it waits, tell the end, obey a refusal. */
export function describeIngest(name: string, { make, push }: IngestContract): void {
  describe(`${name} as an ingest`, () => {
    it('asks with the name, and hands on headers and a key frame first', async () => {
      const desk = new FakeBroadcaster()
      await using node = await createTestNode(desk.plugin, ...make())
      const pusher = await push(node, 'movie')
      await desk.received(30)
      expect(desk.requests[0]).toMatchObject({ playbackId: 'movie', remote: expect.stringMatching(/:\d+$/) })
      expect(
        desk.packets
          .filter(({ kind }) => kind === 'video')
          .slice(0, 2)
          .map(isHeader),
      ).toEqual([true, false])
      expect(desk.packets.filter((packet) => packet.kind === 'video' && !isHeader(packet)).map(isKey)[0]).toBe(true)
      await pusher.stop()
    })

    it('loses nothing while it waits for the answer', async () => {
      const desk = new FakeBroadcaster({ wait: true })
      await using node = await createTestNode(desk.plugin, ...make())
      const pusher = await push(node, 'movie')
      await desk.asked()
      desk.admit()
      await desk.received(30)
      const frames = desk.packets.filter((packet) => packet.kind === 'video' && !isHeader(packet))
      expect(frames[0] && isKey(frames[0])).toBe(true)
      await pusher.stop()
    })

    it.each([
      ['ends its stream', 'ended', (pusher: Pusher) => pusher.stop()],
      ['vanishes', 'lost', async (pusher: Pusher) => pusher.kill()],
    ])('tells once that a publisher %s', async (_, reason, leave) => {
      const desk = new FakeBroadcaster()
      await using node = await createTestNode(desk.plugin, ...make())
      const pusher = await push(node, 'movie')
      await desk.received(10)
      await leave(pusher)
      await desk.closed()
      await pusher.gone
      expect(desk.closings).toEqual([reason])
    })

    it('lets a refused publisher go, with one line that says why', async () => {
      const desk = new FakeBroadcaster({ refuse: true })
      await using node = await createTestNode(desk.plugin, ...make())
      const pusher = await push(node, 'movie')
      await pusher.gone
      expect(desk.packets).toEqual([])
      expect(node.lines.filter(({ fields }) => fields.code === 'LP_TEST_REFUSED')).toHaveLength(1)
    })

    it('lets a publisher go whose publication is aborted', async () => {
      const desk = new FakeBroadcaster()
      await using node = await createTestNode(desk.plugin, ...make())
      const pusher = await push(node, 'movie')
      await desk.received(10)
      desk.abort()
      await pusher.gone
      await desk.closed()
      expect(desk.closings).toHaveLength(1)
    })

    it('refuses everybody where nobody takes streams', async () => {
      await using node = await createTestNode(...make())
      await (await push(node, 'movie')).gone
      expect(node.lines.filter(({ fields }) => fields.code === 'LP_NO_BROADCASTER')).toHaveLength(1)
    })

    stopContract({
      make: () => [new FakeBroadcaster().plugin, ...make()],
      use: async (node) => {
        const pusher = await push(node, 'movie')
        await pusher.stop()
      },
    })
  })
}

/** Answers `ingest.publish` and writes down what it gets. */
class FakeBroadcaster {
  readonly plugin: Plugin
  readonly requests: PublishRequest[] = []
  readonly packets: MediaPacket[] = []
  readonly closings: CloseReason[] = []
  readonly #abort = new AbortController()
  readonly #admitted = Promise.withResolvers<void>()
  #waiters: (() => void)[] = []

  constructor({ wait = false, refuse = false } = {}) {
    if (!wait) this.#admitted.resolve()
    this.plugin = pluginFor('test-broadcaster', (node) =>
      node.on.ingest.publish(async (request) => {
        this.#note(() => this.requests.push(request))
        if (refuse) throw new LivepeerError({ code: 'LP_TEST_REFUSED', kind: 'input', message: 'Not today.' })
        await this.#admitted.promise
        return this.#publication(request)
      }),
    )
  }

  admit(): void {
    this.#admitted.resolve()
  }
  abort(): void {
    this.#abort.abort(new LivepeerError({ code: 'LP_TEST_ABORTED', kind: 'limit', message: 'Enough.' }))
  }
  asked = (): Promise<void> => this.#until(() => this.requests.length > 0)
  received = (count: number): Promise<void> => this.#until(() => this.packets.length >= count)
  closed = (): Promise<void> => this.#until(() => this.closings.length > 0)

  #publication({ playbackId }: PublishRequest): Publication {
    return {
      stream: aStream({ id: playbackId ?? 'unnamed' }),
      signal: this.#abort.signal,
      packets: {
        write: (packet) => {
          this.#note(() => this.packets.push(packet))
          return true
        },
        ready: () => Promise.resolve(),
        end: () => Promise.resolve(),
        abort: () => Promise.resolve(),
      },
      close: async (reason) => this.#note(() => this.closings.push(reason)),
    }
  }

  #note(add: () => void): void {
    add()
    for (const wake of this.#waiters.splice(0)) wake()
  }

  async #until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => void this.#waiters.push(resolve))
  }
}
