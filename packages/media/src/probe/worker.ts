import type { Measurement } from '@livepeer-node/sdk'
import { Decoder } from '../native/decoder.ts'
import { Demuxer } from '../native/demuxer.ts'
import { logWarningsOnly } from '../native/log.ts'
import { type Frame, newFrame, newPacket } from '../native/media-data.ts'
import { describeInput, hasPictures } from '../native/media-info.ts'
import { MemoryReader } from '../native/memory-io.ts'
import { serveWorker } from '../supervisor/worker-host.ts'
import { examine } from './examine.ts'
import type { ProbeProtocol } from './worker-protocol.ts'

logWarningsOnly()
const reader = new MemoryReader()
const packet = newPacket()
const frame = newFrame()

serveWorker<ProbeProtocol>((host) => ({
  probe: (bytes) => {
    using demuxer = new Demuxer(reader, bytes)
    return describeInput(demuxer, bytes)
  },
  examine: (bytes) => examine(bytes, { reader, packet, frame }),
  measure: (bytes) => measure(bytes, host.beat),
}))

function measure(bytes: Uint8Array, beat: () => void): Measurement {
  using demuxer = new Demuxer(reader, bytes)
  const { video } = demuxer
  let frames = 0
  let pixels = 0
  if (!video || !hasPictures(video)) return { frames, pixels }
  using decoder = new Decoder(video, frame)
  const count = (decoded: Frame): void => {
    frames++
    pixels += decoded.width * decoded.height
    beat()
  }
  for (let stream = demuxer.read(packet); stream; stream = demuxer.read(packet)) {
    if (stream === video) decoder.decode(packet, count)
    packet.unref()
  }
  decoder.decode(null, count)
  return { frames, pixels }
}
