import { describe, expect, test } from 'vitest'
import { type HlsSettings, HlsStream } from '../src/stream.ts'
import { readMedia } from './parsers.ts'
import { ManualClock, profile, recordingLog, segment, stream } from './support.ts'

const SETTINGS: HlsSettings = { listed: 6, spare: 6, maxBytes: 1e9, segmentMs: 2000, maxGaps: 3 }
const ladder = [profile('M', { format: 'fmp4' })]
function box(type: string, size: number): Buffer {
  const bytes = Buffer.alloc(size, 7)
  bytes.writeUInt32BE(size)
  bytes.write(type, 4, 'latin1')
  return bytes
}
function file(moov: number): Buffer {
  return Buffer.concat([box('ftyp', 24), box('moov', moov), box('moof', 40), box('mdat', 100)])
}

async function withSegments(files: readonly Uint8Array[]) {
  const { log } = recordingLog()
  const hls = new HlsStream(stream({ ladder }), SETTINGS, { clock: new ManualClock(), log, probe: () => undefined })
  for (const [seq, bytes] of files.entries()) {
    const made = segment({ seq, ladder })
    const renditions = made.renditions.map((rendition) =>
      rendition.ok && rendition.name === 'M' ? { ...rendition, bytes } : rendition,
    )
    await hls.publish({ ...made, renditions })
  }
  return hls
}

function initName(uri: string): string {
  return uri.replace('M/', '').replace('.init.mp4', '')
}

describe('fragmented MP4', () => {
  test('names its initialisation part, and again when it changes', async () => {
    const hls = await withSegments([file(64), file(64), file(80)])
    const { segments } = readMedia(hls.playlist('M') ?? '')
    expect(segments.map((entry) => entry.uri)).toEqual(['M/0.m4s', 'M/1.m4s', 'M/2.m4s'])
    const [first = '', second, third = ''] = segments.map((entry) => entry.map ?? '')
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    expect(hls.playlist('M')).toContain('#EXT-X-VERSION:6')
    expect(hls.init('M', initName(first))?.byteLength).toBe(24 + 64)
    expect(hls.init('M', initName(third))?.byteLength).toBe(24 + 80)
    expect(hls.media('M', 0)?.parts?.media.byteLength).toBe(140)
  })

  test('a file without fragments is listed as it is', async () => {
    const hls = await withSegments([box('ftyp', 24)])
    expect(readMedia(hls.playlist('M') ?? '').segments.map((entry) => entry.uri)).toEqual(['M/0.mp4'])
  })
})
