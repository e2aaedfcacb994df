import { TranscodeEngine } from '@livepeer-node/media'
import { aTranscodeSpec, createTestNode, describeTranscodeBackend, recordedLog } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import nvenc from '../src/index.ts'
import { reason } from '../src/log-lines.ts'

/** Why there is no card to test on; `undefined`: there is one. */
async function noCard(): Promise<string | undefined> {
  const engine = new TranscodeEngine({ log: recordedLog([]) })
  try {
    await engine.testCard(0)
    return undefined
  } catch (error) {
    return reason(error)
  } finally {
    await engine.close()
  }
}

const why = await noCard()
if (why !== undefined) process.stderr.write(`Tests on an NVIDIA card do not run here: ${why}\n`)

describe.runIf(why !== undefined)('without a card', () => {
  it('says why in one line, offers nothing and passes sessions on', async () => {
    await using node = await createTestNode(nvenc())
    expect(await node.run.transcode.offers()).toEqual([])
    expect(node.run.transcode.claim(aTranscodeSpec())).toBeUndefined()
    const lines = node.lines.filter(({ message }) => message.includes('NVIDIA'))
    expect(lines).toMatchObject([{ level: 'info', fields: { why: expect.any(String) } }])
  })

  it('lists no device and counts nothing', async () => {
    await using node = await createTestNode(nvenc())
    expect([await node.run.transcode.devices(), await node.run.lifecycle.metrics()]).toEqual([[], []])
  })

  it.each(['all', '0,2'])('does not start when the operator wants nvidia=%s', async (nvidia) => {
    await expect(createTestNode(nvenc({ nvidia }))).rejects.toThrow(/NVIDIA card/)
  })
})

// One card holds the two slots of the contract.
if (why === undefined) {
  describeTranscodeBackend('nvenc', { make: () => [nvenc({ nvidia: '0', sessionsPerCard: 2 })] })
}
