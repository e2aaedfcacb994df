import { availableParallelism } from 'node:os'
import type { EncoderSettings } from '@livepeer-node/media'
import { aProfile, aTranscodeResult, aTranscodeSpec, createTestNode } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { type Engine, X264Backend } from '../src/backend.ts'
import cpuX264 from '../src/index.ts'
import { options } from '../src/options.ts'

const never = new AbortController().signal
const settings: EncoderSettings = { kind: 'x264', preset: 'fast', threads: 3 }

const engine: Engine = {
  open: async () => ({ transcode: async () => aTranscodeResult(), close: async () => {} }),
}

describe('X264Backend', () => {
  it('opens sessions with its settings', async () => {
    const seen: EncoderSettings[] = []
    const watching: Engine = { open: (spec, given, signal) => (seen.push(given), engine.open(spec, given, signal)) }
    const session = await new X264Backend({ engine: watching, settings, slots: 1 }).open(aTranscodeSpec(), never)
    expect([seen, session.backend]).toEqual([[settings], 'cpu-x264'])
  })

  it('refuses a session that comes too late for the last slot', async () => {
    const backend = new X264Backend({ engine, settings, slots: 1 })
    const both = await Promise.allSettled([
      backend.open(aTranscodeSpec(), never),
      backend.open(aTranscodeSpec(), never),
    ])
    expect(both).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: { code: 'LP_BACKEND_FULL', kind: 'limit', limit: 1 } },
    ])
  })

  it('gives the slot back when a session cannot be opened', async () => {
    const backend = new X264Backend({ engine: { open: () => Promise.reject(new Error('no')) }, settings, slots: 1 })
    await expect(backend.open(aTranscodeSpec(), never)).rejects.toThrow('no')
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
  })

  it('passes on what libx264 does not encode', () => {
    const backend = new X264Backend({ engine, settings, slots: 1 })
    expect(backend.accepts(aTranscodeSpec({ ladder: [aProfile({ codec: 'vp8' })] }))).toBe(false)
  })
})

describe('options', () => {
  it('are eight slots per core, preset medium and all cores where nothing is said', () => {
    expect(options.parse({})).toEqual({ preset: 'medium', threads: 0, slots: 8 * availableParallelism() })
  })

  it.each([{ preset: 'turbo' }, { slots: 0 }, { threads: -1 }, { speed: 1 }])('refuse %o', (wrong) => {
    expect(options.safeParse(wrong).success).toBe(false)
  })
})

describe('the plugin', () => {
  it('tells how busy it is', async () => {
    await using node = await createTestNode(cpuX264({ slots: 3 }))
    const spec = aTranscodeSpec()
    await node.run.transcode.claim(spec)?.open(spec, never)
    expect(await node.run.transcode.devices()).toEqual([
      { backend: 'cpu-x264', id: 'cpu', name: expect.stringMatching(/\S/), state: 'ok', sessions: 1, slots: 3 },
    ])
    expect(await node.run.lifecycle.status()).toEqual([
      { name: 'cpu-x264', data: { sessions: 1, slots: 3, preset: 'medium' } },
    ])
  })
})
