import { LivepeerError, type Problem } from '@livepeer-node/sdk'
import { asError } from './guard.ts'

/** One problem is thrown as it is, several as one `AggregateError` that lists them. */
export function oneOrAll(problems: readonly Error[]): Error {
  const [first, ...others] = problems
  if (first && others.length === 0) return first
  return new AggregateError(problems, [`${problems.length} problems:`, ...problems.map(lineOf)].join('\n'))
}

/** Everything that a failed `start()` or `stop()` has to say, one by one, whatever it threw. */
export function problemsOf(thrown: unknown): readonly LivepeerError[] {
  return thrown instanceof AggregateError ? thrown.errors.flatMap(problemsOf) : [asError(thrown)]
}

export function fromPreflight({ code, message, remedy }: Problem): LivepeerError {
  return new LivepeerError({ code, kind: 'environment', message, remedy })
}

function lineOf(problem: Error): string {
  return `  ${asError(problem).code} ${problem.message}`
}
