import { TranscodeEngine } from '@livepeer-node/media'
import { definePlugin, type PluginScope, toProblem } from '@livepeer-node/sdk'
import { BACKEND_NAME, NvencBackend } from './backend.ts'
import { Cards } from './cards.ts'
import { detectCards } from './detect.ts'
import { namedCards, options, type NvencOptions } from './options.ts'

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
    let backend: NvencBackend | undefined
    let cards: Cards | undefined
    const prepare = async (): Promise<void> => {
      const found = await detect(engine, node, settings)
      if (found.length === 0) return
      cards = new Cards(found, settings.sessionsPerCard)
      backend = new NvencBackend({ engine, cards, log: node.log, clock: node.clock })
    }
    const detected = prepare() // beside the start of the others: a card takes seconds to wake
    detected.catch(() => {}) // told by preflight
    node.on.transcode.claim((spec) => (backend?.accepts(spec) ? backend : undefined))
    node.on.transcode.offers(async () => {
      await detected
      return backend ? [backend.offer] : []
    })
    node.on.lifecycle.status(() => [{ name: BACKEND_NAME, data: { cards: cards?.view ?? [] } }])
    // Cards that the operator named must work; a card that is only looked for need not be there.
    node.on.lifecycle.preflight(async () => {
      try {
        await detected
        return []
      } catch (error) {
        return [toProblem(error)]
      }
    })
  },
})

async function detect(
  engine: TranscodeEngine,
  node: PluginScope,
  { nvidia }: NvencOptions,
): Promise<readonly number[]> {
  const wanted = { named: namedCards(nvidia), required: nvidia !== undefined }
  const { cards, why } = await detectCards((card) => engine.testCard(card), wanted)
  if (cards.length > 0) node.log.info('NVIDIA cards transcode.', { cards })
  else node.log.info('No NVIDIA card transcodes here; other backends do.', { why })
  return cards
}
