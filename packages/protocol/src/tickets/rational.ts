/**
 * An exact fraction in lowest terms: every price, fee, credit and expected value is one. It is built from `bigint` only, and
 * `<`, `>` and arithmetic operators throw, so that money never passes through a float.
 */
export class Rational {
  static readonly ZERO: Rational = new Rational(0n, 1n)
  static readonly ONE: Rational = new Rational(1n, 1n)

  readonly numerator: bigint
  /** Greater than 0. */
  readonly denominator: bigint

  private constructor(numerator: bigint, denominator: bigint) {
    this.numerator = numerator
    this.denominator = denominator
    Object.freeze(this)
  }

  /** @throws `RangeError` for a denominator of 0. */
  static of(numerator: bigint, denominator = 1n): Rational {
    if (denominator === 0n) throw new RangeError('A fraction needs a denominator other than 0.')
    if (denominator === 1n) return new Rational(numerator, 1n)
    const sign = denominator < 0n ? -1n : 1n
    const divisor = greatestCommonDivisor(magnitude(numerator), magnitude(denominator)) * sign
    return new Rational(numerator / divisor, denominator / divisor)
  }

  /** From `12`, `-0.25` or `5/3`; anything else is `undefined`. Reads all that `toString` writes. */
  static parse(text: string): Rational | undefined {
    const parts = /^(-?)(\d+)(?:\.(\d+)|\/(\d+))?$/.exec(text)
    if (!parts) return undefined
    const [, sign, whole = '', decimals = '', divisor = '1'] = parts
    const denominator = BigInt(divisor) * 10n ** BigInt(decimals.length)
    if (denominator === 0n) return undefined
    const numerator = BigInt(whole + decimals)
    return Rational.of(sign ? -numerator : numerator, denominator)
  }

  /** -1, 0 or 1. */
  get sign(): -1 | 0 | 1 {
    if (this.numerator === 0n) return 0
    return this.numerator < 0n ? -1 : 1
  }

  plus(other: Rational): Rational {
    const numerator = this.numerator * other.denominator + other.numerator * this.denominator
    return Rational.of(numerator, this.denominator * other.denominator)
  }

  minus(other: Rational): Rational {
    return this.plus(other.negated())
  }

  times(other: Rational | bigint): Rational {
    if (typeof other === 'bigint') return Rational.of(this.numerator * other, this.denominator)
    return Rational.of(this.numerator * other.numerator, this.denominator * other.denominator)
  }

  /** @throws `RangeError` when `other` is 0. */
  dividedBy(other: Rational): Rational {
    return Rational.of(this.numerator * other.denominator, this.denominator * other.numerator)
  }

  negated(): Rational {
    return new Rational(-this.numerator, this.denominator)
  }

  /** -1: less than `other`, 0: the same, 1: more. */
  compare(other: Rational): -1 | 0 | 1 {
    const left = this.numerator * other.denominator
    const right = other.numerator * this.denominator
    if (left === right) return 0
    return left < right ? -1 : 1
  }

  equals(other: Rational): boolean {
    return this.numerator === other.numerator && this.denominator === other.denominator
  }

  isLessThan(other: Rational): boolean {
    return this.compare(other) < 0
  }

  isMoreThan(other: Rational): boolean {
    return this.compare(other) > 0
  }

  /** The greatest whole number that is not greater. */
  floor(): bigint {
    const whole = this.truncate()
    return this.numerator < 0n && whole * this.denominator !== this.numerator ? whole - 1n : whole
  }

  /** The least whole number that is not less. */
  ceil(): bigint {
    return -this.negated().floor()
  }

  /** The whole number next to it on the way to 0. */
  truncate(): bigint {
    return this.numerator / this.denominator
  }

  /** Decimal text with this many places, rounded to the nearest, halves away from 0. For people only. */
  toFixed(places: number): string {
    const scale = 10n ** BigInt(places)
    const scaled = (2n * magnitude(this.numerator) * scale + this.denominator) / (2n * this.denominator)
    const sign = this.numerator < 0n && scaled > 0n ? '-' : ''
    const digits = scaled.toString().padStart(places + 1, '0')
    if (places === 0) return sign + digits
    return `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
  }

  /** `5/3`, or `5` for a whole number. */
  toString(): string {
    return this.denominator === 1n ? `${this.numerator}` : `${this.numerator}/${this.denominator}`
  }

  toJSON(): string {
    return this.toString()
  }

  [Symbol.toPrimitive](hint: string): string {
    if (hint !== 'string')
      throw new TypeError('Fractions are compared and added with their methods, not with operators.')
    return this.toString()
  }
}

/** The greater of two. */
export function maxRational(a: Rational, b: Rational): Rational {
  return a.isLessThan(b) ? b : a
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
