import { definePlugin } from '@livepeer-node/sdk'
import { discoverySide } from './discovery-side.ts'
import { openFoundation } from './foundation.ts'
import { options } from './options.ts'
import { payeeSide } from './payee-side.ts'
import { payerSide } from './payer-side.ts'
import { redeemerSide } from './redeemer-side.ts'
import { redemptionSide } from './redemption-side.ts'
import { servicesSide } from './services-side.ts'

/** Pays and is paid by probabilistic micropayments on a Livepeer chain, and redeems what won. */
export default definePlugin({
  name: '@livepeer-node/plugin-ticketbroker',
  kernel: '^0.1.0',
  provides: ['payment'],
  runs: ['payment', 'redeem'],
  roles: ['broadcaster', 'orchestrator'],
  options,

  async apply(node, settings) {
    const foundation = await openFoundation(node, settings)
    node.on.payment.identity(() => foundation.account.signer)
    servicesSide(node, foundation, settings)
    if (settings.role === 'redeemer') {
      await redeemerSide(node, foundation, settings)
      return
    }
    if (settings.role !== 'orchestrator') {
      await payerSide(node, foundation, settings)
      discoverySide(node, foundation)
    }
    if (settings.role === 'broadcaster') return
    const payee = await payeeSide(node, foundation, settings)
    if (settings.redeemer) payee.connect(redemptionSide(node, foundation, { settings, store: payee.winners }))
  },
})
