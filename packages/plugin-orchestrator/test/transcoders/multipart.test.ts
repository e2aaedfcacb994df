import { resultBody } from '@livepeer-node/protocol'
import { someBytes } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { parseContentType, readRenditions } from '../../src/transcoders/multipart.ts'

const part = (length: number) =>
  `--b\r\nContent-Length: ${length}\r\nPixels: 1\r\n\r\none\r\n--b\r\nPixels: 2\r\n\r\ntwo\r\n--b--\r\n`

describe('a multipart result', () => {
  it('is read as it was written, without copies', async () => {
    const parts = [
      { bytes: someBytes(3000), format: 'mpegts', pixels: 5, perceptualHash: Buffer.from('hash') },
      { bytes: Buffer.from('\r\n--not the end\r\n'), format: 'mp4', pixels: 7 },
    ] as const
    const { pieces, contentType } = resultBody(parts)
    const body = Buffer.concat(pieces)
    const renditions = await readRenditions(body, parseContentType(contentType)?.boundary ?? '')
    expect(renditions).toEqual([
      { bytes: Buffer.from(parts[0].bytes), format: 'mpegts', pixels: 5n, perceptualHash: Buffer.from('hash') },
      { bytes: parts[1].bytes, format: 'mp4', pixels: 7n },
    ])
    expect(renditions[0]?.bytes.buffer).toBe(body.buffer)
  })

  it.each([
    ['--b\r\nContent-Type: application/octet-stream\r\n\r\nhash\r\n--b--\r\n', 'Unknown perceptual hash'],
    ['--b\r\nPixels: many\r\n\r\nx\r\n--b--\r\n', 'Invalid Pixels'],
    ['--b\r\nPixels: 1\r\n\r\nx', 'multipart: NextPart: EOF'],
    ['no parts at all', 'multipart: NextPart: EOF'],
    ['', 'multipart: NextPart: EOF'],
  ])('%j is refused: %s', async (body, wireText) => {
    await expect(readRenditions(Buffer.from(body), 'b')).rejects.toMatchObject({
      code: 'LP_RESULT_UNREADABLE',
      wireText,
    })
  })

  it('goes by the length that a part tells only where a boundary follows', async () => {
    for (const length of [0, 2, 3, 4, 1e9]) {
      const renditions = await readRenditions(Buffer.from(part(length)), 'b')
      expect(renditions.map(({ bytes, pixels }) => [Buffer.from(bytes).toString(), pixels])).toEqual([
        ['one', 1n],
        ['two', 2n],
      ])
    }
  })

  it('takes what lies within the length of a part for its bytes, without a search', async () => {
    const body = '--b\r\nContent-Length: 10\r\nPixels: 1\r\n\r\none\r\n--b\r\n\r\n--b--\r\n'
    const [only, ...rest] = await readRenditions(Buffer.from(body), 'b')
    expect(Buffer.from(only?.bytes ?? []).toString()).toBe('one\r\n--b\r\n')
    expect(rest).toEqual([])
  })

  it.each([
    ['without a boundary', '--\r\nPixels: 1\r\n\r\nx\r\n----\r\n', ''],
    ['with a boundary without end', '', 'b'.repeat(1000)],
    ['of very many parts', `${'--b\r\nPixels: 1\r\n\r\nx\r\n'.repeat(300)}--b--`, 'b'],
    ['of very many measured ones', `${'--b\r\nContent-Length: 1\r\n\r\nx\r\n'.repeat(300)}--b--`, 'b'],
  ])('is refused %s', async (_, body, boundary) => {
    await expect(readRenditions(Buffer.from(body), boundary)).rejects.toMatchObject({ code: 'LP_RESULT_UNREADABLE' })
  })

  it('skips parts that are neither a rendition nor a hash', async () => {
    const body = '--b\r\nContent-Type: text/plain\r\n\r\nnote\r\n--b\r\nPixels: 1\r\n\r\nx\r\n--b--\r\n'
    expect(await readRenditions(Buffer.from(body), 'b')).toHaveLength(1)
  })
})
