import { type Client, createClient } from '@connectrpc/connect'
import { createGrpcTransport } from '@connectrpc/connect-node'
import { TicketRedeemer, type WinningTicket, writeWinningTicket } from '@livepeer-node/protocol'
import { redeemerLost } from './errors.ts'

/** As long as the reference waits, ms. */
const CALL_MS = 8000

/** Hands winners to a redeemer in another process. */
export class RedeemerClient {
  readonly #address: string
  readonly #client: Client<typeof TicketRedeemer>

  /** @param address `host:port` */
  constructor(address: string) {
    this.#address = address
    const nodeOptions = { rejectUnauthorized: false }
    this.#client = createClient(TicketRedeemer, createGrpcTransport({ baseUrl: `https://${address}`, nodeOptions }))
  }

  /** Resolves when the redeemer has it on disk; one that it has already is no error. @throws `LP_REDEEMER_LOST` */
  async queue(ticket: WinningTicket): Promise<void> {
    try {
      await this.#client.queueTicket(writeWinningTicket(ticket), { timeoutMs: CALL_MS })
    } catch (error) {
      throw redeemerLost(this.#address, error)
    }
  }
}
