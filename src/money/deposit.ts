import type { Chain } from '@livepeer-node/chain'
import { table } from '../table.ts'
import { ether } from './amounts.ts'
import { notPossible } from './errors.ts'

/** `locked`: it can be spent on tickets, and not be withdrawn. */
export type DepositState = 'empty' | 'locked' | 'unlocking' | 'unlocked'

/** What a broadcaster pays from. Wei. */
export interface Deposit {
  readonly account: string
  readonly state: DepositState
  readonly deposit: bigint
  readonly reserve: bigint
  /** First round in which it can be withdrawn; 0: no unlock was asked for. */
  readonly withdrawRound: bigint
  readonly currentRound: bigint
  /** Rounds from unlock to withdrawal. */
  readonly unlockPeriod: bigint
}

export async function readDeposit({ contracts }: Chain, account: string): Promise<Deposit> {
  const { ticketBroker, roundsManager } = contracts
  const [sender, currentRound, unlockPeriod] = await Promise.all([
    ticketBroker.readSender(account),
    roundsManager.currentRound(),
    ticketBroker.unlockPeriod(),
  ])
  const { deposit, withdrawRound } = sender
  const reserve = sender.reserve.fundsRemaining
  const state = stateOf(deposit + reserve, withdrawRound, currentRound)
  return { account, state, deposit, reserve, withdrawRound, currentRound, unlockPeriod }
}

function stateOf(funds: bigint, withdrawRound: bigint, currentRound: bigint): DepositState {
  if (funds === 0n) return 'empty'
  if (withdrawRound === 0n) return 'locked'
  return withdrawRound > currentRound ? 'unlocking' : 'unlocked'
}

/** For a person. */
export function depositText({ account, state, deposit, reserve, withdrawRound, currentRound }: Deposit): string {
  const until = state === 'unlocking' || state === 'unlocked' ? `, withdrawable from round ${withdrawRound}` : ''
  return table([
    ['account', account],
    ['deposit', ether(deposit)],
    ['reserve', ether(reserve)],
    ['state', `${state}${until}`],
    ['round', currentRound.toString()],
  ])
}

/** Throws `LP_CHAIN_STATE` unless the funds can be unlocked. */
export function checkUnlock({ state, withdrawRound }: Deposit): void {
  if (state === 'empty') throw notPossible('There is neither deposit nor reserve.', 'Nothing has to be unlocked.')
  if (state !== 'locked') {
    throw notPossible('An unlock was asked for already.', 'Withdraw in that round.', `withdraw round ${withdrawRound}`)
  }
}

/** Throws `LP_CHAIN_STATE` unless there is an unlock to take back. */
export function checkCancelUnlock({ withdrawRound, state }: Deposit): void {
  if (state === 'empty' || withdrawRound === 0n) {
    throw notPossible('No unlock was asked for.', 'Nothing has to be taken back.')
  }
}

/** Throws `LP_CHAIN_STATE` unless the funds can be withdrawn now. */
export function checkWithdraw({ state, withdrawRound, currentRound }: Deposit): void {
  if (state === 'unlocked') return
  if (state === 'empty') throw notPossible('There is neither deposit nor reserve.', 'Nothing can be withdrawn.')
  if (state === 'locked') throw notPossible('The funds are locked.', 'Unlock them first: `livepeer deposit unlock`.')
  throw notPossible(
    `The funds are locked until round ${withdrawRound}.`,
    'Withdraw them then.',
    `round ${currentRound}`,
  )
}

/** Throws `LP_CHAIN_STATE` unless the account has so much Ether. */
export async function checkFunding({ provider }: Chain, account: string, wei: bigint): Promise<void> {
  if (wei === 0n) throw notPossible('There is nothing to fund.', 'Give --deposit, --reserve, or both.')
  const balance = await provider.getBalance(account)
  if (balance < wei) {
    throw notPossible(
      `${account} has not enough Ether.`,
      `Send it ${ether(wei - balance)} and some for gas.`,
      ether(balance),
    )
  }
}
