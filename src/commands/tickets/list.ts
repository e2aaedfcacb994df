import { Flags } from '@oclif/core'
import { ControlCommand, controlFlags } from '../../control-command.ts'
import { table } from '../../table.ts'
import type { ListedTicket } from '../../money/tickets.ts'

export default class TicketsList extends ControlCommand {
  static override summary = 'List winning tickets of a running orchestrator, latest first, and what became of them.'
  static override flags = {
    ...controlFlags,
    limit: Flags.integer({ description: 'no more than this', helpValue: 'n', default: 100 }),
  }

  async run(): Promise<void> {
    const { flags } = await this.parse(TicketsList)
    const { client } = await this.findNode(flags, 'orchestrator')
    const [tickets, { ticketRows }] = await Promise.all([
      client.ask<readonly ListedTicket[]>('GET', `/payments/tickets?limit=${flags.limit}`),
      import('../../money/tickets.ts'),
    ])
    this.say(flags.json, tickets, tickets.length === 0 ? 'No ticket has won yet.' : table(ticketRows(tickets)))
  }
}
