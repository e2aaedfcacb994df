import { cpus } from 'node:os'
import { TranscodeEngine } from '@livepeer-node/media'
import { definePlugin, toProblem } from '@livepeer-node/sdk'
import { X264Backend } from './backend.ts'
import { options } from './options.ts'

/** Transcodes on the CPU with libx264, in one worker process per session, when no other backend takes the session. */
export default definePlugin({
  name: '@livepeer-node/plugin-cpu-x264',
  kernel: '^0.1.0',
  provides: ['transcode-backend'],
  roles: ['transcoder'],
  options,
  apply(node, { preset, threads, slots }) {
    const engine = new TranscodeEngine({ log: node.log, clock: node.clock })
    node.defer(() => engine.close())
    const backend = new X264Backend({ engine, settings: { kind: 'x264', preset, threads }, slots })
    node.on.transcode.claim((spec) => (backend.accepts(spec) ? backend : undefined), { stage: 'fallback' })
    node.on.transcode.offers(() => [backend.offer])
    const name = cpus()[0]?.model.trim() || 'CPU'
    node.on.transcode.devices(() => [
      { backend: backend.name, id: 'cpu', name, state: 'ok', sessions: backend.sessions, slots },
    ])
    node.on.lifecycle.status(() => [{ name: backend.name, data: { sessions: backend.sessions, slots, preset } }])
    // The first session's worker is started ahead; where none can start, the node says so and does not start.
    node.on.lifecycle.preflight(async () => {
      try {
        await engine.prewarm()
        return []
      } catch (error) {
        return [toProblem(error)]
      }
    })
  },
})
