import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { definePlugin, LivepeerError, secretOption } from '@livepeer-node/sdk'
import { z } from 'zod'

/** Asks a service of yours who may publish, and writes down what it said. */
export default definePlugin({
  name: 'livepeer-plugin-doorman',
  kernel: '^0.1.0',
  requires: ['broadcaster'],
  roles: ['broadcaster'],
  options: z.strictObject({
    url: z.url().describe('Gets a POST for each publisher; status 200 lets it in'),
    token: secretOption().describe('Sent to it as a bearer token'),
  }),

  async apply(node, { url, token }) {
    const headers = { authorization: `Bearer ${node.secret(token)}`, 'content-type': 'application/json' }
    const journal = await open(join(node.dataDir, 'doorman.log'), 'a')
    node.defer(() => journal.close())

    node.on.ingest.authorize(async ({ playbackId, streamKey, remote }) => {
      const body = JSON.stringify({ playbackId, streamKey, remote })
      const { status } = await fetch(url, { method: 'POST', headers, body, signal: node.signal })
      await journal.write(`${new Date(node.clock.now()).toISOString()} ${playbackId} ${status}\n`)
      return status === 200 ? { allow: true } : { allow: false, error: refused(status) }
    })
  },
})

function refused(observed: number): LivepeerError {
  return new LivepeerError({
    code: 'DOORMAN_REFUSED',
    kind: 'input',
    message: 'Not on the list.',
    observed,
    limit: 200,
  })
}
