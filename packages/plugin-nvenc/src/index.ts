import { TranscodeEngine } from '@livepeer-node/media'
import { definePlugin, type PluginScope } from '@livepeer-node/sdk'
import { BACKEND_NAME, NvencBackend } from './backend.ts'
import { Devices } from './devices.ts'
import { type Machine, ThisMachine } from './machine.ts'
import { options, type NvencOptions } from './options.ts'
import { prepareCards, type Prepared } from './prepare.ts'
import { RecordedMachine } from './recorded-machine.ts'

interface Parts extends Prepared {
  readonly backend: NvencBackend
  readonly devices: Devices
}

/** Transcodes on NVIDIA cards that pass a test; passes every session on where none does. */
export default definePlugin({
  name: '@livepeer-node/plugin-nvenc',
  kernel: '^0.1.0',
  provides: ['transcode-backend'],
  roles: ['transcoder'],
  options,
  apply(node, settings) {
    const engine = new TranscodeEngine({ log: node.log, clock: node.clock })
    node.defer(() => engine.close())
    const recorded = settings.machine === undefined ? undefined : new RecordedMachine(settings.machine)
    if (recorded)
      node.log.warn('The cards are those of a description; none of them transcodes.', { about: recorded.about })
    const machine = recorded ?? new ThisMachine({ engine, visible: process.env['CUDA_VISIBLE_DEVICES'] })
    let parts: Parts | undefined
    const detected = prepare(node, { engine, machine, settings }).then((found) => {
      parts = found
      return found
    }) // beside the start of the others: a card takes seconds to wake
    detected.catch(() => {}) // told by preflight
    node.defer(() => parts?.cards.all.forEach(({ health }) => health.close()))
    node.on.transcode.claim((spec) => (!recorded && parts?.backend.accepts(spec) ? parts.backend : undefined))
    node.on.transcode.offers(async () => {
      const { backend } = await detected
      return recorded || backend.offer.slots === 0 ? [] : [backend.offer]
    })
    node.on.transcode.devices(async () => (await parts?.devices.list()) ?? [])
    node.on.lifecycle.metrics(async () => (await parts?.devices.metrics()) ?? [])
    node.on.lifecycle.status(() => [{ name: BACKEND_NAME, data: { cards: statusOf(parts) } }])
    // Cards that the operator named must work; a card that is only looked for need not be there.
    node.on.lifecycle.preflight(async () => (await detected).problems)
  },
})

interface PrepareParts {
  readonly engine: TranscodeEngine
  readonly machine: Machine
  readonly settings: NvencOptions
}

async function prepare({ log, clock }: PluginScope, { engine, machine, settings }: PrepareParts): Promise<Parts> {
  const prepared = await prepareCards({ machine, settings, clock, log })
  const { cards, found } = prepared
  const readings = found.flatMap(({ reading }) => reading ?? [])
  const devices = new Devices({ backend: BACKEND_NAME, cards, readings, read: () => machine.readings(), clock })
  return { ...prepared, backend: new NvencBackend({ engine, cards, log }), devices }
}

function statusOf(parts: Parts | undefined): unknown {
  return (parts?.cards.all ?? []).map(({ index, model, sessions, load, health, encoders, speed }) => ({
    card: index,
    name: model,
    sessions,
    load,
    encoders: encoders.open,
    ...(speed.pixelsPerMs !== undefined && { pixelsPerMs: Math.round(speed.pixelsPerMs) }),
    ...(health.problem && { problem: health.problem.code }),
  }))
}
