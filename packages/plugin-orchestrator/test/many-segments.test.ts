import { decodeMessage, TranscodeResultSchema } from '@livepeer-node/protocol'
import { expect, it } from 'vitest'
import type { Answer } from './support/h2.ts'
import { attach, broadcaster, withRemote } from './support/set-up.ts'
import { ladderOf } from './support/transcoder.ts'

const SEGMENTS = 6
/** Large enough for its memory to be used again. */
const SOURCE_PACKETS = 3400
const RENDITION_PACKETS = 1500
const PACKET = 188

/** No two of them are equal, and each byte says whose it is. */
const content = (packets: number, of: number) => Buffer.allocUnsafeSlow(packets * PACKET).fill(`${of} `)

const urlsOf = ({ body }: Answer): string[] => {
  const { result } = decodeMessage(TranscodeResultSchema, body)
  return result.case === 'data' ? result.value.segments.map(({ url }) => new URL(url).pathname) : []
}

it('large segments of several streams at once: each gets what is its own, though memory is used again and again', async () => {
  const started = await withRemote()
  const sources: string[] = []
  await attach(started, {
    work: async (job, self) => {
      const { body } = await self.fetch(job)
      const name = body.toString('latin1', 0, body.indexOf(' '))
      sources.push(body.equals(content(SOURCE_PACKETS, Number(name))) ? name : `${name} is mixed up`)
      const bytes = content(RENDITION_PACKETS, -Number(name))
      return { parts: ladderOf(job).map(({ format }) => ({ bytes, format, pixels: 1000 })) }
    },
  })
  const stream = async (first: number): Promise<void> => {
    const b = await broadcaster(started)
    for (let seq = 0; seq < SEGMENTS; seq++) {
      const { answer } = await b.segment({ seq: BigInt(seq), bytes: content(SOURCE_PACKETS, first + seq) })
      const urls = urlsOf(answer)
      expect(urls.length).toBeGreaterThan(0)
      for (const { body } of await Promise.all(urls.map((url) => b.h2.get(url)))) {
        expect(body.equals(content(RENDITION_PACKETS, -first - seq))).toBe(true)
      }
    }
  }
  const firsts = [100, 200, 300]
  await Promise.all(firsts.map(stream))
  const expected = firsts.flatMap((first) => Array.from({ length: SEGMENTS }, (_, i) => String(first + i)))
  expect(sources.toSorted()).toEqual(expected)
})
