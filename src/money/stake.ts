import type { Chain, DelegatorState, UnbondingLock } from '@livepeer-node/chain'
import { table } from '../table.ts'
import { ether, tokens } from './amounts.ts'
import { notPossible } from './errors.ts'

/** Somebody's stake. Smallest parts of LPT; fees in wei. */
export interface StakeReport extends DelegatorState {
  readonly account: string
  readonly pendingStake: bigint
  readonly pendingFees: bigint
  /** Tokens that are not bonded. */
  readonly balance: bigint
  readonly locks: readonly UnbondingLock[]
  readonly currentRound: bigint
}

export async function readStake({ contracts }: Chain, account: string): Promise<StakeReport> {
  const { bondingManager, roundsManager, token } = contracts
  const [state, pendingStake, pendingFees, locks, balance, currentRound] = await Promise.all([
    bondingManager.readDelegator(account),
    bondingManager.pendingStake(account),
    bondingManager.pendingFees(account),
    bondingManager.unbondingLocks(account),
    token.balanceOf(account),
    roundsManager.currentRound(),
  ])
  return { account, ...state, pendingStake, pendingFees, locks, balance, currentRound }
}

/** For a person. */
export function stakeText(report: StakeReport): string {
  const { locks, currentRound } = report
  const rows = locks.map(({ id, amount, withdrawRound }) => [
    `lock ${id}`,
    `${tokens(amount)}, ${withdrawRound > currentRound ? `withdrawable from round ${withdrawRound}` : 'withdrawable'}`,
  ])
  return table([
    ['account', report.account],
    ['status', report.status],
    ['delegate', report.delegate ?? 'nobody'],
    ['stake', tokens(report.pendingStake)],
    ['fees', ether(report.pendingFees)],
    ['tokens', tokens(report.balance)],
    ...rows,
  ])
}

/** To whom a bond goes: the one that is named, else the one that has the stake already. Throws `LP_CHAIN_STATE`. */
export function delegateOf({ delegate, account }: StakeReport, to: string | undefined): string {
  const wanted = to ?? delegate
  if (wanted === undefined) throw notPossible('Nothing says to whom.', 'Give --to: the address of an orchestrator.')
  if (delegate === account && wanted !== account) {
    throw notPossible('An orchestrator cannot delegate to another.', 'Unbond all of its stake first.')
  }
  return wanted
}

/** Throws `LP_CHAIN_STATE` unless so much can be unbonded in this round. */
export function checkUnbond({ status, pendingStake, startRound }: StakeReport, amount: bigint): void {
  if (status === 'pending') throw notPossible(`The stake is bonded from round ${startRound}.`, 'Unbond then.')
  if (status === 'unbonded') throw notPossible('There is no stake.', 'Nothing can be unbonded.')
  if (amount === 0n) throw notPossible('Nothing would be unbonded.', 'Give an amount above 0.')
  if (amount > pendingStake) throw notPossible('There is not so much stake.', 'Unbond less.', tokens(pendingStake))
}

/** The lock with this number, or the only one. Throws `LP_CHAIN_STATE`. */
export function lockOf({ locks }: StakeReport, id: bigint | undefined): UnbondingLock {
  const found = locks.filter((lock) => id === undefined || lock.id === id)
  const [lock, ...others] = found
  const present = locks.map((it) => `${it.id} (${tokens(it.amount)})`).join(', ') || 'none'
  if (!lock) throw notPossible('There is no such stake on its way out.', 'Look at `livepeer stake status`.', present)
  if (others.length > 0) throw notPossible('There are several locks.', 'Say which one by --lock.', present)
  return lock
}

/** Throws `LP_CHAIN_STATE` unless a lock can be withdrawn now. */
export function checkLockOver({ id, withdrawRound }: UnbondingLock, currentRound: bigint): void {
  if (withdrawRound <= currentRound) return
  throw notPossible(`Lock ${id} can be withdrawn from round ${withdrawRound}.`, 'Wait.', `round ${currentRound}`)
}
