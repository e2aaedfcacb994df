/** A method of a contract that answers the same each time. */
export interface ConstantAnswer {
  /** `0x` and 8 hex digits. */
  readonly selector: string
  /** What it returns, encoded, `0x…`. */
  readonly data: string
}

/** Bytes of the parts of the code. */
const HEAD_BYTES = 5
const FIND_BYTES = 11
const REVERT_BYTES = 3
const RETURN_BYTES = 14

/** Code of a contract that knows these methods alone, `0x…`: compares the selector, and returns the bytes behind the code. */
export function constantContract(answers: readonly ConstantAnswer[]): string {
  const returnsAt = HEAD_BYTES + FIND_BYTES * answers.length + REVERT_BYTES
  let dataAt = returnsAt + RETURN_BYTES * answers.length
  // The first four bytes of what was sent.
  let code = '5f3560e01c'
  const returns: string[] = []
  for (const [i, { selector, data }] of answers.entries()) {
    // DUP1 PUSH4 selector EQ PUSH2 place JUMPI
    code += `8063${selector.slice(2)}1461${hex16(returnsAt + RETURN_BYTES * i)}57`
    const length = data.length / 2 - 1
    // JUMPDEST PUSH2 length PUSH2 from PUSH0 CODECOPY PUSH2 length PUSH0 RETURN
    returns.push(`5b61${hex16(length)}61${hex16(dataAt)}5f3961${hex16(length)}5ff3`)
    dataAt += length
  }
  return `0x${code}5f5ffd${returns.join('')}${answers.map(({ data }) => data.slice(2)).join('')}`
}

function hex16(value: number): string {
  return value.toString(16).padStart(4, '0')
}
