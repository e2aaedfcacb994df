import { describe, expect, it } from 'vitest'
import { resultBody, segmentContentType, segmentExtension } from '../src/index.ts'
import { utf8 } from './support/values.ts'

describe('the body of results', () => {
  it('has a part per rendition, its signature right behind it', () => {
    const body = resultBody(
      [
        { bytes: utf8('first'), format: 'mpegts', pixels: 777, perceptualHash: utf8('hash') },
        { bytes: utf8('second'), format: 'mp4', pixels: 888 },
      ],
      '0123456789abcdef0123',
    )
    const text = [
      '--0123456789abcdef0123\r\nContent-Length: 5\r\nContent-Type: video/mp2t\r\nPixels: 777\r\n\r\nfirst\r\n',
      '--0123456789abcdef0123\r\nContent-Length: 4\r\nContent-Type: application/octet-stream\r\n\r\nhash\r\n',
      '--0123456789abcdef0123\r\nContent-Length: 6\r\nContent-Type: video/mp4\r\nPixels: 888\r\n\r\nsecond\r\n',
      '--0123456789abcdef0123--\r\n',
    ].join('')
    expect(Buffer.concat(body.pieces).toString()).toBe(text)
    expect(body.length).toBe(text.length)
    expect(body.contentType).toBe('multipart/mixed; boundary=0123456789abcdef0123')
  })

  it('does not copy the renditions', () => {
    const bytes = new Uint8Array(1000)
    expect(resultBody([{ bytes, format: 'mpegts', pixels: 1 }]).pieces).toContain(bytes)
  })

  it('has a boundary of 20 hex digits, another each time', () => {
    const first = resultBody([]).contentType
    expect(first).toMatch(/^multipart\/mixed; boundary=[0-9a-f]{20}$/)
    expect(resultBody([]).contentType).not.toBe(first)
  })
})

describe('a rendition', () => {
  it.each([
    ['mpegts', 'video/mp2t', '.ts'],
    ['mp4', 'video/mp4', '.mp4'],
    ['fmp4', 'video/mp4', '.mp4'],
  ] as const)('in %s', (format, type, extension) => {
    expect(segmentContentType(format)).toBe(type)
    expect(segmentExtension(format)).toBe(extension)
  })
})
