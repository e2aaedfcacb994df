import type { Chain, ContractCall } from '@livepeer-node/chain'
import { ChainCommand, type sendFlags } from './chain-command.ts'
import type { Deposit } from './money/deposit.ts'

/** A change of a whole deposit, reserve included. */
export interface DepositStep {
  readonly label: string
  /** Throws where the contract would refuse. */
  readonly check: (before: Deposit) => void
  readonly call: (contract: Chain['contracts']['ticketBroker']) => ContractCall
  /** More to know before it is confirmed. */
  readonly notes?: (before: Deposit) => readonly (readonly [name: string, value: string])[]
}

type SendFlags = { readonly [F in keyof typeof sendFlags]: unknown } & { readonly json: boolean; readonly yes: boolean }

/** A command that does one such change. */
export abstract class DepositStepCommand extends ChainCommand {
  protected async change(flags: SendFlags, { label, check, call, notes }: DepositStep): Promise<void> {
    const [{ ether }, { readDeposit }] = await Promise.all([import('./money/amounts.ts'), import('./money/deposit.ts')])
    await this.onChain(flags, async (session) => {
      const account = await session.account()
      const before = await readDeposit(session.chain, account)
      check(before)
      const sent = await this.send({
        session,
        flags,
        summary: [['deposit', ether(before.deposit)], ['reserve', ether(before.reserve)], ...(notes?.(before) ?? [])],
        steps: [{ label, call: call(session.chain.contracts.ticketBroker) }],
      })
      await this.sayDone(flags.json, await readDeposit(session.chain, account), sent)
    })
  }
}
