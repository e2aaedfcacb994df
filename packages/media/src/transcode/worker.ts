import type { Profile } from '@livepeer-node/sdk'
import { generate } from '../clip/generate.ts'
import { logWarningsOnly } from '../native/log.ts'
import { serveWorker } from '../supervisor/worker-host.ts'
import { countEncoders } from './reservation.ts'
import { SegmentTranscoder } from './segment-transcoder.ts'
import type { TranscodeProtocol } from './types.ts'

const TEST_PROFILE: Profile = {
  name: 'test',
  width: 256,
  height: 144,
  bitrate: 400_000,
  fps: 30,
  fpsDen: 0,
  gopMs: 0,
  codec: 'h264',
  h264Profile: 'default',
  format: 'mpegts',
  quality: 0,
}

logWarningsOnly()
serveWorker<TranscodeProtocol>(({ beat }) => {
  let session: SegmentTranscoder | undefined
  return {
    open({ spec, settings }) {
      session = new SegmentTranscoder(spec, settings, beat)
    },
    segment(bytes) {
      if (!session) throw new Error('A segment came before the session was opened.')
      return { ...session.transcode(bytes), rssBytes: process.memoryUsage.rss() }
    },
    testCard(device) {
      const clip = generate({ seconds: 0.5, width: 320, height: 180, fps: 30, audio: false }, beat)
      const spec = { sessionId: 'test', ladder: [TEST_PROFILE], provider: '' }
      using test = new SegmentTranscoder(spec, { kind: 'nvenc', device }, beat)
      test.transcode(clip)
    },
    countEncoders: ({ device, atMost }) => countEncoders(device, atMost),
  }
})
