import { PatternPublisher } from '@livepeer-node/media'
import { createTestNode, describeIngest, recordedLog, type Pusher, type TestNode } from '@livepeer-node/test-kit'
import { expect, it } from 'vitest'
import rtmp from '../src/index.ts'

/** FFmpeg's own RTMP client, in a process of its own. */
async function push(node: TestNode, name: string): Promise<Pusher> {
  const endpoint = (await node.endpoints()).find((one) => one.name === 'rtmp')
  const options = { width: 160, height: 90, fps: 25, bitrate: 200_000 }
  const pattern = new PatternPublisher(`${endpoint?.url}/${name}`, options, { log: recordedLog([]) })
  return {
    stop: () => pattern.stop(),
    kill: () => void (pattern.pid && process.kill(pattern.pid, 'SIGKILL')),
    gone: pattern.done().catch(() => {}),
  }
}

const make = () => [rtmp({ rtmpAddr: '127.0.0.1:0' })]
describeIngest('plugin-rtmp', { make, push })

it('tells its address, and keeps the start from going on when the port is taken', async () => {
  await using node = await createTestNode(...make())
  const [endpoint] = await node.endpoints()
  expect(endpoint).toMatchObject({ name: 'rtmp', url: expect.stringMatching(/^rtmp:\/\/127\.0\.0\.1:\d+\/live$/) })
  const { host } = new URL(endpoint!.url)
  await expect(createTestNode(rtmp({ rtmpAddr: host }))).rejects.toMatchObject({ code: 'LP_PORT_TAKEN' })
})

it.each(['127.0.0.1:70000', 'a:b', 'rtmp://127.0.0.1:1935', 'http://127.0.0.1:0'])(
  'refuses %s as an address, with the option that named it',
  async (rtmpAddr) => {
    await expect(createTestNode(rtmp({ rtmpAddr }))).rejects.toMatchObject({
      code: 'LP_PLUGIN_OPTIONS',
      message: expect.stringContaining('plugins.rtmp.rtmpAddr'),
    })
  },
)
