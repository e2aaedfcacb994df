// Reads vitest's JSON report: prints one closing line, and fails when a test was skipped. On a machine where
// everything is installed a skip means that something was not looked at.
import { readFileSync } from 'node:fs'

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

const file = process.argv[2] ?? '.reports/tests.json'
const report = JSON.parse(readFileSync(file, 'utf8')) as Report
const skipped = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status === 'pending' || status === 'skipped' || status === 'todo')
    .map(({ fullName }) => `${name}: ${fullName}`),
)
for (const test of skipped) console.error(`skipped: ${test}`)
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped.length} skipped`)
if (report.numPassedTests === 0 || report.numFailedTests > 0 || skipped.length > 0) process.exitCode = 1
