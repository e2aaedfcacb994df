import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { aPublishRequest, createTestNode, leftOpen, openResources, pluginFor, stopContract } from '../src/index.ts'

describe('createTestNode', () => {
  it('runs the plugin on a real kernel and writes down what happened', async () => {
    const plugin = pluginFor('gate', (node) => {
      node.on.ingest.authorize(() => ({ allow: true }))
      node.on.ingest.opened(() => {
        throw new Error('boom')
      })
      node.log.info('applied', { n: 1 })
    })
    await using node = await createTestNode(plugin)
    await expect(node.run.ingest.authorize(aPublishRequest())).resolves.toEqual({ allow: true })
    await node.run.ingest.opened({ id: 'x', protocol: 'rtmp', ladder: [], startedAt: 0 })
    expect(node.traces.map(({ hook }) => hook)).toEqual(['ingest.authorize', 'ingest.opened'])
    expect(node.isolated).toMatchObject([{ plugin: 'gate', hook: 'ingest.opened', message: 'boom' }])
    expect(node.lines).toContainEqual({ level: 'info', message: 'applied', fields: { plugin: 'gate', n: 1 } })
  })

  it('removes its folder when it is left', async () => {
    let folder = ''
    {
      await using node = await createTestNode(
        pluginFor('writer', async (scope) => {
          await writeFile(join(scope.dataDir, 'file'), 'x')
        }),
      )
      folder = node.dataDir
      expect(existsSync(join(folder, 'file'))).toBe(true)
    }
    expect(existsSync(folder)).toBe(false)
  })

  it('rejects as the start does', async () => {
    const failing = pluginFor('failing', () => {
      throw new Error('no card')
    })
    await expect(createTestNode(failing)).rejects.toMatchObject({ plugin: 'failing', message: 'no card' })
  })
})

describe('stopContract', () => {
  stopContract({
    make: () => [
      pluginFor('listener', async (node) => {
        const server = createServer()
        node.defer(() => new Promise((resolve) => server.close(() => resolve())))
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      }),
    ],
  })

  it('sees a server that was left open', async () => {
    const before = openResources()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    expect([...openResources().keys()].filter((kind) => !before.has(kind))).toEqual(['TCPServerWrap'])
    server.close()
    expect(await leftOpen(before)).toEqual([])
  })
})
