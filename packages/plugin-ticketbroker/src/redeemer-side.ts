import { join } from 'node:path'
import { maxFloat, parseAddress } from '@livepeer-node/protocol'
import { makeCertificate } from '@livepeer-node/protocol/certificate'
import type { Foundation, Scope } from './foundation.ts'
import type { TicketBrokerOptions } from './options.ts'
import { checkWinner } from './redeemer/check-winner.ts'
import { RedeemerServer } from './redeemer/server.ts'
import type { RedeemerDesk } from './redeemer/service.ts'
import { redemptionSide } from './redemption-side.ts'
import { TicketDatabase } from './store/database.ts'
import { WinnerTable } from './store/winners.ts'

/** Redeems what orchestrators in other processes have won (payments.md B6). */
export async function redeemerSide(node: Scope, foundation: Foundation, settings: TicketBrokerOptions): Promise<void> {
  const { clock, log } = node
  const { account, watcher, chain } = foundation
  const recipient = settings.ethOrchAddr ?? account.address
  const db = TicketDatabase.open(join(node.dataDir, 'tickets.sqlite'))
  node.defer(() => db.close())
  const winners = new WinnerTable(db, clock)
  const redemption = redemptionSide(node, foundation, { settings, store: winners })
  const { ticketBroker } = chain.contracts
  const desk: RedeemerDesk = {
    recipient: new Uint8Array(Buffer.from(recipient.slice(2), 'hex')),
    check: checkWinner,
    keep(ticket) {
      if (winners.add(ticket, watcher.position.block) === 'known') return
      log.info('a winning ticket came', { faceValue: `${ticket.ticket.faceValue}` })
      redemption.wake()
    },
    async maxFloat(sender) {
      const [funds, claimed] = await Promise.all([
        ticketBroker.readSender(sender),
        ticketBroker.claimedReserve(sender, recipient),
      ])
      const float = maxFloat({
        funds,
        claimed,
        poolSize: watcher.position.poolSize,
        pending: redemption.pending(sender),
      })
      // The message has no sign.
      return float > 0n ? float : 0n
    },
    onChange: (listener) => watcher.on('block', listener),
    log,
  }
  const address = parseAddress(settings.listenAddr)
  const server = new RedeemerServer(await makeCertificate(address.host, clock.now()), desk)
  node.defer(() => server.close())
  const port = await server.listen(address)
  node.on.lifecycle.endpoints(() => [
    {
      name: 'redeemer',
      url: `https://${address.host}:${port}`,
      purpose: 'give this as redeemerAddr to orchestrators',
    },
  ])
}
