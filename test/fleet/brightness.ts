import { spawn } from 'node:child_process'
import { buffer } from 'node:stream/consumers'
import { words } from './words.ts'

/** The mean brightness of each frame, 0 to 255. What is no media has no frames. */
export async function brightnessOf(media: Uint8Array): Promise<number[]> {
  const args = words('-v quiet -i pipe:0 -vf scale=1:1:flags=area -pix_fmt gray -f rawvideo pipe:1')
  const child = spawn('ffmpeg', args, { stdio: ['pipe', 'pipe', 'ignore'] })
  // It reads no further than it can decode.
  child.stdin.on('error', () => undefined)
  child.stdin.end(media)
  return [...(await buffer(child.stdout))]
}
