import { readFileSync } from 'node:fs'
import type { CloseReason, MediaPacket, Plugin } from '@livepeer-node/sdk'
import { aStream, createTestNode, pluginFor, stopContract } from '@livepeer-node/test-kit'
import rtmp from '@livepeer-node/plugin-rtmp'
import { expect, it } from 'vitest'
import pattern from '../src/index.ts'

const SMALL = { width: 160, height: 90, fps: 25, bitrate: 200_000 }

/** Takes every stream and writes down what it gets. */
class Desk {
  readonly urls: string[] = []
  readonly packets: MediaPacket[] = []
  readonly closings: CloseReason[] = []
  #waiters: (() => void)[] = []
  readonly plugin: Plugin = pluginFor('desk', (node) =>
    node.on.ingest.publish(async (request) => {
      this.#note(() => this.urls.push(request.url))
      return {
        stream: aStream({ id: request.playbackId ?? '' }),
        signal: new AbortController().signal,
        packets: {
          write: (packet) => {
            this.#note(() => this.packets.push(packet))
            return true
          },
          ready: () => Promise.resolve(),
          end: () => Promise.resolve(),
          abort: () => Promise.resolve(),
        },
        close: async (reason) => this.#note(() => this.closings.push(reason)),
      }
    }),
  )
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((resolve) => void this.#waiters.push(resolve))
  }
  #note(add: () => void): void {
    add()
    for (const wake of this.#waiters.splice(0)) wake()
  }
}

it('publishes picture and tone to its own node, in real time, and ends in order when the node drains', async () => {
  const desk = new Desk()
  await using node = await createTestNode(desk.plugin, rtmp({ rtmpAddr: '127.0.0.1:0' }), pattern(SMALL))
  await desk.until(() => desk.packets.filter(({ timestampMs }) => timestampMs >= 1000).length > 0)
  await node.drain(AbortSignal.timeout(10_000))
  await desk.until(() => desk.closings.length > 0)
  expect(desk.closings).toEqual(['ended'])
  expect(desk.urls).toEqual([expect.stringMatching(/^rtmp:\/\/127\.0\.0\.1:\d+\/live\/pattern$/)])
  const video = desk.packets.filter(({ kind }) => kind === 'video')
  const audio = desk.packets.filter(({ kind }) => kind === 'audio')
  expect(video.length).toBeGreaterThan(20)
  expect(audio.length).toBeGreaterThan(30)
  expect(Math.abs((video.at(-1)?.timestampMs ?? 0) - (audio.at(-1)?.timestampMs ?? 0))).toBeLessThan(200)
})

it('publishes under another name, with a key that no log line shows', async () => {
  const desk = new Desk()
  const options = { ...SMALL, name: 'demo', streamKey: 'hunter2' }
  await using node = await createTestNode(desk.plugin, rtmp({ rtmpAddr: '127.0.0.1:0' }), pattern(options))
  await desk.until(() => desk.packets.length > 0)
  expect(desk.urls[0]).toMatch(/\/live\/demo\/hunter2$/)
  await node.stop()
  expect(JSON.stringify(node.lines)).not.toContain('hunter2')
})

it('comes back when its process is killed', async () => {
  const desk = new Desk()
  await using node = await createTestNode(desk.plugin, rtmp({ rtmpAddr: '127.0.0.1:0' }), pattern(SMALL))
  await desk.until(() => desk.packets.length > 0)
  for (const pid of children()) process.kill(pid, 'SIGKILL')
  await desk.until(() => desk.urls.length === 2)
  expect(desk.closings).toEqual(['lost'])
  expect(node.lines.filter(({ fields }) => fields.code === 'LP_WORKER_DIED' && fields.inMs !== undefined)).toHaveLength(
    1,
  )
})

it('says that it has nowhere to go', async () => {
  await using node = await createTestNode(pattern(SMALL))
  await expect.poll(() => node.lines.at(-1)?.fields.code).toBe('LP_PATTERN_NO_RTMP')
})

it('stays quiet when it is switched off', async () => {
  const desk = new Desk()
  await using node = await createTestNode(desk.plugin, rtmp({ rtmpAddr: '127.0.0.1:0' }), pattern({ pattern: false }))
  await node.drain(AbortSignal.timeout(1000))
  expect(desk.urls).toEqual([])
  expect(children()).toEqual([])
})

stopContract({
  make: () => [new Desk().plugin, rtmp({ rtmpAddr: '127.0.0.1:0' }), pattern(SMALL)],
  use: async (node) => void (await node.run.lifecycle.endpoints()),
})

/** Process ids of this process's pattern workers. */
function children(): number[] {
  const own = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim()
  return own === '' ? [] : own.split(' ').map(Number)
}
