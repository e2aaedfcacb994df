import { maxRational, Rational, ticketsFor } from '@livepeer-node/protocol'

/** What a segment needs, wei. */
export interface Need {
  /** What it will cost at most. */
  readonly fee: Rational
  /** Expected value of one ticket: the orchestrator demands as much, whatever the fee. */
  readonly ev: Rational
}

/** What an orchestrator says that it holds; peers of go-livepeer say nothing. */
export interface CreditReport {
  /** Wei, after it has taken the payment and before it debits the payment's segment. */
  readonly balance: Rational
  /** Segments before this one that it has not debited yet; `undefined`: it does not say. */
  readonly undebited?: number
}

/** Credit and tickets that were put aside for one segment (payments.md A13: staged, spent, change received). */
export interface Hold {
  /** Tickets to buy. */
  readonly tickets: bigint
  /** What they are worth together, wei. */
  readonly worth: Rational
  /** The orchestrator has the tickets. */
  answered(report?: CreditReport): void
  /** @param debit what it took for its work, wei; `undefined`: there was no result, and it may still take something */
  settle(debit: Rational | undefined): void
  /** Instead of `settle`, where nothing was sent. */
  cancel(): void
}

/**
 * What one orchestrator holds of ours for one session, reckoned from what was sent and what came back. Where it reports its own
 * balance the account follows: exactly when one segment is out, else as far as what is under way leaves no doubt. In doubt the
 * account is too low and never too high: that costs credit that lies idle, not a segment that is refused. It follows no report
 * below what an honest orchestrator can hold: that would be a way to sell the same segment again and again.
 */
export class CreditAccount {
  /** Beyond what is put aside; negative: owed. */
  #free = Rational.ZERO
  #debits = Rational.ZERO
  #count = 0
  readonly #open = new Set<Staged>()
  /** Ended without a result: these may still be charged. */
  #doubtful: Staged[] = []

  /** Wei, what is put aside included; negative: owed. */
  get credit(): Rational {
    const open = [...this.#open].map(({ isSpent, share, taken }) => (isSpent ? share : taken))
    return sum([this.#free, ...open, ...this.#doubtful.map(keptOf)])
  }

  /** Wei that the results so far have cost. */
  get debits(): Rational {
    return this.#debits
  }

  /** Takes what a segment needs from the credit, and says how many tickets fill the gap. */
  reserve(need: Need): Hold {
    const wanted = maxRational(need.fee, need.ev)
    const taken = this.#free.isMoreThan(wanted) ? wanted : this.#free
    const { tickets, worth } = ticketsFor({ fee: need.fee, credit: taken, ev: need.ev })
    this.#count += 1
    const staged = new Staged({ number: this.#count, taken, worth, fee: need.fee, debitsBefore: this.#debits })
    this.#free = this.#free.minus(taken)
    this.#open.add(staged)
    return {
      tickets,
      worth,
      answered: (report) => this.#answered(staged, report),
      settle: (debit) => this.#settle(staged, debit),
      cancel: () => this.#cancel(staged),
    }
  }

  #answered(staged: Staged, report: CreditReport | undefined): void {
    staged.isSpent = true
    if (!report) return
    const balance = maxRational(report.balance, this.#leastHonest(staged))
    // What it has not debited by now has not reached it.
    const isAll = report.undebited === 0
    if (isAll) this.#doubtful = []
    this.#free = between(this.#free, this.#bounds(staged, balance, isAll))
    // Their credit is in the report, if it is still there.
    for (const doubtful of this.#doubtful) doubtful.isSpent = true
  }

  /** What can be free at least, and at most, when the orchestrator holds this after the payment. */
  #bounds(staged: Staged, balance: Rational, isAll: boolean): { least: Rational; most: Rational } {
    const others = this.#others(staged)
    const rest = balance.minus(staged.share)
    // It may have reported before it made these debits, and with or without the other payments.
    const doubt = isAll ? Rational.ZERO : this.#charges.plus(this.#debits.minus(staged.debitsBefore))
    const least = rest.minus(sum(others.map(({ share }) => share))).minus(doubt)
    const most = rest.minus(sum(others.map(debtOf)))
    return { least, most }
  }

  /** An orchestrator that has forgotten all credit, but neither this payment nor what it may have charged, holds this much. */
  #leastHonest(staged: Staged): Rational {
    return staged.worth.plus(sum([...this.#open].map(debtOf))).minus(this.#charges)
  }

  #others(staged: Staged): Staged[] {
    return [...this.#open].filter((other) => other !== staged)
  }

  /** Of segments without a result, wei at most. */
  get #charges(): Rational {
    return sum(this.#doubtful.map(({ fee }) => fee))
  }

  #settle(staged: Staged, debit: Rational | undefined): void {
    this.#open.delete(staged)
    if (debit) {
      this.#debits = this.#debits.plus(debit)
      this.#free = this.#free.plus(staged.share).minus(debit)
      this.#resolve(staged.number)
      return
    }
    // It may be at work on this: then the credit is not there for another segment.
    this.#doubtful.push(staged)
  }

  /** An orchestrator works on a session's segments in order: those before this one are charged by now, if at all. */
  #resolve(number: number): void {
    const resolved = this.#doubtful.filter((earlier) => earlier.number < number)
    this.#doubtful = this.#doubtful.filter((earlier) => earlier.number > number)
    this.#free = sum([this.#free, ...resolved.map(keptOf)])
  }

  #cancel(staged: Staged): void {
    this.#open.delete(staged)
    this.#free = this.#free.plus(staged.taken)
  }
}

interface StagedInit {
  readonly number: number
  /** Out of the credit; negative: a debt that this payment makes good. */
  readonly taken: Rational
  readonly worth: Rational
  readonly fee: Rational
  /** What all results had cost when it was put aside. */
  readonly debitsBefore: Rational
}

class Staged {
  readonly number: number
  readonly taken: Rational
  readonly worth: Rational
  readonly fee: Rational
  readonly debitsBefore: Rational
  /** Credit and tickets together. */
  readonly share: Rational
  isSpent = false

  constructor({ number, taken, worth, fee, debitsBefore }: StagedInit) {
    this.number = number
    this.taken = taken
    this.worth = worth
    this.fee = fee
    this.debitsBefore = debitsBefore
    this.share = taken.plus(worth)
  }
}

function sum(amounts: readonly Rational[]): Rational {
  return amounts.reduce((total, amount) => total.plus(amount), Rational.ZERO)
}

/** Credit that stays ours where the orchestrator never got the payment. */
function keptOf({ isSpent, taken }: Staged): Rational {
  return isSpent ? Rational.ZERO : taken
}

/** The debt that a payment makes good: 0 or less. */
function debtOf({ taken }: Staged): Rational {
  return taken.sign < 0 ? taken : Rational.ZERO
}

function between(value: Rational, { least, most }: { least: Rational; most: Rational }): Rational {
  if (value.isLessThan(least)) return least
  return value.isMoreThan(most) ? most : value
}
