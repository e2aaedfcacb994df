/** What one look found. */
export interface Check {
  readonly name: string
  /** `warning`: it works, but somebody should look at it. */
  readonly state: 'ok' | 'warning' | 'failed'
  /** What was seen, and what it was held against. */
  readonly found: string
  /** What to do, unless it is well. */
  readonly remedy?: string
}

export function ok(name: string, found: string): Check {
  return { name, state: 'ok', found }
}

export function warning(name: string, found: string, remedy: string): Check {
  return { name, state: 'warning', found, remedy }
}

export function failed(name: string, found: string, remedy: string): Check {
  return { name, state: 'failed', found, remedy }
}

const MARKS = { ok: 'ok     ', warning: 'WARNING', failed: 'FAILED ' } as const

/** For a person. */
export function checkText({ name, state, found, remedy }: Check): string {
  const text = `${MARKS[state]}  ${name.padEnd(14)}  ${found}`
  return remedy === undefined ? text : `${text}\n${' '.repeat(25)}${remedy}`
}
