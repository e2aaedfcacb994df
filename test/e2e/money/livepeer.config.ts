import { defineConfig } from '@livepeer-node/sdk'
import feeder from './feeder.ts'

/** A broadcaster that publishes to itself. */
export default defineConfig({
  plugins: [feeder({ clip: process.env['FEED_CLIP'] ?? '', segments: process.env['FEED_SEGMENTS'] ?? '0' })],
})
