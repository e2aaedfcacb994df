import type { LivepeerError } from '@livepeer-node/sdk'

/** One problem for a person: code and sentence, then what was seen, what would be right, and what to do. */
export function problemText(error: LivepeerError): string {
  const details: (readonly [string, unknown])[] = [
    ['plugin', error.plugin],
    ['hook', error.hook],
    ['observed', error.observed],
    ['limit', error.limit],
    ['cause', error.cause instanceof Error ? firstLine(briefly(error.cause)) : undefined],
    ['remedy', error.remedy],
  ]
  const lines = details
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `  ${name.padEnd(9)} ${shown(value)}`)
  const stack = error.kind === 'bug' ? [stackOf(error)] : []
  return [`${error.code}  ${error.message}`, ...lines, ...stack].join('\n')
}

/** For `--json`. */
export function problemJson(problems: readonly LivepeerError[]): string {
  return JSON.stringify({ errors: problems.map((problem) => problem.toJSON()) }, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  )
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return value.toString()
  return JSON.stringify(value) ?? String(value)
}

/** Libraries that put all they know into the message say it in short as well. */
function briefly(error: Error): string {
  return 'shortMessage' in error && typeof error.shortMessage === 'string' ? error.shortMessage : error.message
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

/** A bug is mended from its stack: that of the cause, where there is one. */
function stackOf(error: LivepeerError): string {
  const { stack } = error.cause instanceof Error ? error.cause : error
  return stack ?? ''
}
