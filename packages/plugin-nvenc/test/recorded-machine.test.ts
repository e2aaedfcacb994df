import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { aTranscodeSpec, createTestNode } from '@livepeer-node/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import nvenc from '../src/index.ts'

const GUIDES = join(import.meta.dirname, '../../../docs/guides/machines')
const machine = (name: string): string => join(GUIDES, `${name}.json`)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machine-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function written(content: unknown): Promise<string> {
  const file = join(folder, 'machine.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

describe('a described machine', () => {
  it('shows its cards as they would be used, and transcodes nothing', async () => {
    await using node = await createTestNode(nvenc({ machine: machine('two-t4'), nvidia: '0,1', sessionsPerCard: 12 }))
    const t4 = { backend: 'nvenc', name: 'NVIDIA Tesla T4', driver: '570.86.15', state: 'ok', sessions: 0, slots: 12 }
    const cards = await node.run.transcode.devices()
    expect(cards).toMatchObject([
      { ...t4, id: '0' },
      { ...t4, id: '1' },
    ])
    expect(cards[0]).not.toHaveProperty('encoderSessionLimit')
    expect([await node.run.transcode.offers(), node.run.transcode.claim(aTranscodeSpec())]).toEqual([[], undefined])
    expect(node.lines.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        message: expect.stringContaining('none of them transcodes'),
        fields: { about: expect.stringContaining('by hand') },
      },
    ])
  })

  it('has the encoder limit of its driver', async () => {
    await using node = await createTestNode(nvenc({ machine: machine('geforce-limited') }))
    expect(await node.run.transcode.devices()).toMatchObject([{ encoderSessionLimit: 8 }])
  })

  it('shows a card that does not answer, and starts without it unless it was named', async () => {
    await using node = await createTestNode(nvenc({ machine: machine('one-of-two-lost') }))
    expect(await node.run.transcode.devices()).toMatchObject([
      { id: '0', state: 'ok' },
      { id: '1', state: 'out', problem: expect.stringContaining('CUDA_ERROR_NOT_PERMITTED') },
    ])
  })

  it.each([
    ['a card that it lacks', { about: 'x', cards: { 0: {} } }, '0,1', 'LP_NVENC_NO_CARD'],
    ['no driver', { about: 'x', cards: {} }, '0', 'LP_NVENC_DRIVER_MISSING'],
    [
      'a card without an encoder',
      { about: 'x', cards: { 0: { failure: ['OpenEncodeSessionEx failed: unsupported device (2): (no details)'] } } },
      'all',
      'LP_NVENC_UNSUPPORTED',
    ],
  ])('does not start with %s', async (_, content, nvidia, code) => {
    await expect(createTestNode(nvenc({ machine: await written(content), nvidia }))).rejects.toMatchObject({ code })
  })

  it.each([
    ['no JSON', '{'],
    ['no cards', { about: 'x' }],
    ['an unknown key', { about: 'x', cards: {}, gpus: 1 }],
  ])('is refused with %s', async (_, content) => {
    const file = await written(content)
    await expect(createTestNode(nvenc({ machine: file }))).rejects.toMatchObject({
      code: 'LP_MACHINE_UNREADABLE',
      message: expect.stringContaining(file),
    })
  })
})
