import { isLivepeerError, type Plugin, type Publisher, type Stream } from '@livepeer-node/sdk'
import { describe, expect, it } from 'vitest'
import { aLadder, aMissingRendition, aPublishedSegment, aStream } from '../builders.ts'
import { createTestNode, type TestNode } from '../test-node.ts'
import { stopContract } from './stop.ts'

/** One rendition of one segment, as a viewer asks for it. */
export interface Shown {
  readonly streamId: string
  readonly rendition: string
  readonly seq: number
}

export interface PublisherContract {
  /** The plugins under test, freshly made: the publisher and what it requires. */
  readonly make: () => readonly Plugin[]
  /** How a viewer gets at a segment; `undefined` for what is not shown. Leave it out where nothing can be read back. */
  readonly read?: (node: TestNode, what: Shown) => Promise<Uint8Array | undefined>
}

const RENDITIONS = ['source', ...aLadder().map(({ name }) => name)]

/**
 * What every publisher owes the broadcaster that feeds it: it takes complete segments and those with a missing rendition,
 * keeps streams apart, refuses what is out of order, shows what it was given and nothing else. Call it at the top level of a test
 * file.
 */
export function describePublisher(name: string, contract: PublisherContract): void {
  const { make } = contract
  describe(`publisher: ${name}`, () => {
    describe('taking segments', () => {
      takingSegments(make)
    })
    if (contract.read) showing(make, contract.read)
    stopContract({ make, use: (node) => feed(node, aStream(), [0, 1]).then(() => undefined) })
  })
}

function takingSegments(make: PublisherContract['make']): void {
  it('opens one publisher per stream', async () => {
    await using node = await createTestNode(...make())
    expect(await node.run.publish.open(aStream())).toHaveLength(1)
  })

  it('takes a first segment of any number, and those after it', async () => {
    await using node = await createTestNode(...make())
    const publisher = await feed(node, aStream(), [100, 101, 102])
    await expect(publisher.end('ended')).resolves.toBeUndefined()
  })

  it('takes segments that lack a rendition, or all but the source', async () => {
    await using node = await createTestNode(...make())
    const publisher = await feed(node, aStream(), [0])
    await publisher.publish(without(1, ['360p']))
    await publisher.publish(without(2, ['360p', '240p']))
    await publisher.publish(aPublishedSegment({ seq: 3 }))
    await publisher.end('ended')
    expect(node.isolated).toEqual([])
  })

  it('takes a discontinuity', async () => {
    await using node = await createTestNode(...make())
    const publisher = await feed(node, aStream(), [0])
    await expect(publisher.publish(aPublishedSegment({ seq: 1, discontinuity: true }))).resolves.toBeUndefined()
  })

  it.each([
    ['a hole', 2],
    ['a repetition', 0],
  ])('refuses %s, and goes on with what is due', async (_what, seq) => {
    await using node = await createTestNode(...make())
    const publisher = await feed(node, aStream(), [0])
    await expect(refusal(publisher, seq)).resolves.toBe(true)
    await expect(publisher.publish(aPublishedSegment({ seq: 1 }))).resolves.toBeUndefined()
  })

  it('ends without a segment, ends twice, and takes nothing after its end', async () => {
    await using node = await createTestNode(...make())
    const publisher = await feed(node, aStream(), [])
    await publisher.end('refused')
    await publisher.end('lost')
    await expect(refusal(publisher, 0)).resolves.toBe(true)
  })

  it('opens a stream again under its id after its end', async () => {
    await using node = await createTestNode(...make())
    const first = await feed(node, aStream(), [0, 1])
    await first.end('lost')
    await expect(feed(node, aStream(), [0, 1])).resolves.toBeDefined()
  })
}

function showing(make: PublisherContract['make'], read: NonNullable<PublisherContract['read']>): void {
  describe('showing them', () => {
    it('shows every rendition of a segment as soon as it is published', async () => {
      await using node = await createTestNode(...make())
      await feed(node, aStream(), [0])
      for (const rendition of RENDITIONS) {
        expect(await read(node, { streamId: 'movie', rendition, seq: 0 })).toEqual(bytesOf('movie', 0, rendition))
      }
    })

    it('shows nothing in the place of a missing rendition, never something older', async () => {
      await using node = await createTestNode(...make())
      const publisher = await feed(node, aStream(), [0])
      await publisher.publish(without(1, ['240p']))
      expect(await read(node, { streamId: 'movie', rendition: '240p', seq: 1 })).toBeUndefined()
      expect(await read(node, { streamId: 'movie', rendition: '360p', seq: 1 })).toEqual(bytesOf('movie', 1, '360p'))
    })

    it('keeps streams apart', async () => {
      await using node = await createTestNode(...make())
      await feed(node, aStream({ id: 'one' }), [0])
      await feed(node, aStream({ id: 'two' }), [0])
      for (const streamId of ['one', 'two']) {
        expect(await read(node, { streamId, rendition: 'source', seq: 0 })).toEqual(bytesOf(streamId, 0, 'source'))
      }
    })

    it('shows nothing of a stream’s past once it has begun again', async () => {
      await using node = await createTestNode(...make())
      const first = await feed(node, aStream(), [0, 1])
      await first.end('lost')
      await feed(node, aStream(), [0])
      expect(await read(node, { streamId: 'movie', rendition: 'source', seq: 1 })).toBeUndefined()
    })
  })
}

/** Bytes that tell which stream, segment and rendition they are of. */
function bytesOf(streamId: string, seq: number, rendition: string): Uint8Array {
  return new TextEncoder().encode(`${streamId} ${seq} ${rendition}`)
}

function complete(streamId: string, seq: number) {
  const segment = aPublishedSegment({ streamId, seq })
  const renditions = segment.renditions.map((rendition) =>
    rendition.ok ? { ...rendition, bytes: bytesOf(streamId, seq, rendition.name) } : rendition,
  )
  return { ...segment, renditions }
}

function without(seq: number, names: readonly string[]) {
  const segment = complete('movie', seq)
  const renditions = segment.renditions.map((rendition) =>
    names.includes(rendition.name) && rendition.profile ? aMissingRendition(rendition.profile) : rendition,
  )
  return { ...segment, renditions }
}

/** Opens a stream and publishes these segments. */
async function feed(node: TestNode, stream: Stream, seqs: readonly number[]): Promise<Publisher> {
  const [publisher] = await node.run.publish.open(stream)
  if (!publisher) throw new Error('no publisher answers publish.open')
  for (const seq of seqs) await publisher.publish(complete(stream.id, seq))
  return publisher
}

async function refusal(publisher: Publisher, seq: number): Promise<boolean> {
  try {
    await publisher.publish(aPublishedSegment({ seq }))
    return false
  } catch (error) {
    return isLivepeerError(error)
  }
}
