import { addressText, type WinningTicket } from '@livepeer-node/protocol'
import { type Logger, type PaymentReport, toLivepeerError } from '@livepeer-node/sdk'
import { winnerKey } from '../store/winner-record.ts'
import type { PayeeChain } from './chain.ts'

export interface WinnerKeeperInit {
  /** On disk when it returns. */
  readonly store: { add(winner: WinningTicket, block: bigint): 'added' | 'known' }
  readonly chain: PayeeChain
  /** A winner has come. */
  readonly wake: () => void
  readonly report: (report: PaymentReport) => void
  readonly log: Logger
}

/** Puts winners on disk. One that could not be written stays in memory, and is tried again for as long as the node lives. */
export class WinnerKeeper {
  readonly #init: WinnerKeeperInit
  #unsaved: WinningTicket[] = []

  constructor(init: WinnerKeeperInit) {
    this.#init = init
  }

  /** Winners that are not on disk; more than 0 only where the disk fails. */
  get unsaved(): number {
    return this.#unsaved.length
  }

  /** @throws `LP_TICKET_STORE` when it is not on disk */
  keep(winner: WinningTicket): void {
    try {
      this.#save(winner)
    } catch (error) {
      this.#unsaved.push(winner)
      this.#init.log.error('a winning ticket could not be stored; it is tried again', {
        key: winnerKey(winner),
        error: toLivepeerError(error),
      })
      throw error
    }
  }

  /** Tries those again that could not be written. */
  retry(): void {
    const unsaved = this.#unsaved
    this.#unsaved = []
    for (const winner of unsaved) {
      try {
        this.keep(winner)
      } catch {
        // It is with the others again, and the log has it.
      }
    }
  }

  #save(winner: WinningTicket): void {
    const { store, chain, log, report, wake } = this.#init
    if (store.add(winner, chain.position().block) === 'known') return
    const { sender, faceValue } = winner.ticket
    const fields = { key: winnerKey(winner), sender: addressText(sender), faceValue: `${faceValue}` }
    log.info('a ticket won', fields)
    report({ event: 'ticket-won', message: `A ticket of ${fields.sender} won.`, amount: faceValue, fields })
    wake()
  }
}
