import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Is there somebody to ask? */
export function isTerminal(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

/** Asks on stderr, so that what a program reads stays clean. Undefined: the input ended. */
export function ask(question: string, { hidden = false } = {}): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  // readline echoes what is typed to its output: for a password nowhere.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  if (hidden) process.stderr.write(question)
  lines.question(hidden ? '' : question, (answer) => {
    resolve(answer)
    lines.close()
  })
  lines.once('close', () => {
    if (hidden) process.stderr.write('\n')
    resolve(undefined)
  })
  return promise
}
