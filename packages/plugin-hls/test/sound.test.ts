import type { MediaInfo } from '@livepeer-node/sdk'
import { expect, test } from 'vitest'
import { HlsStream } from '../src/stream.ts'
import { readMaster } from './parsers.ts'
import { info, LADDER, ManualClock, recordingLog, segment, stream } from './support.ts'

const SILENT: MediaInfo = { ...info(), audio: undefined }

function show(probe: () => MediaInfo): HlsStream {
  const settings = { listed: 6, spare: 6, maxBytes: 1e9, segmentMs: 2000, maxGaps: 3 }
  const peers = { clock: new ManualClock(), log: recordingLog().log, probe: async () => probe() }
  return new HlsStream(stream(), settings, peers)
}

test('a rendition whose sound begins after its first segment is listed with it from then on', async () => {
  let looks = 0
  const hls = show(() => (looks++ < LADDER.length ? SILENT : info()))
  const codecs = () => readMaster(hls.master() ?? '')[1]?.codecs
  await hls.publish(segment({ seq: 0 }))
  expect(codecs()).toBe('avc1.64001f')
  await hls.publish(segment({ seq: 1 }))
  expect(codecs()).toBe('avc1.64001f,mp4a.40.2')
  await hls.publish(segment({ seq: 2 }))
  expect(looks).toBe(2 * LADDER.length)
})

test('the renditions of a silent source are looked into once', async () => {
  let looks = 0
  const hls = show(() => {
    looks += 1
    return SILENT
  })
  for (let seq = 0; seq < 3; seq++) await hls.publish(segment({ seq, source: SILENT }))
  expect(looks).toBe(LADDER.length)
})
