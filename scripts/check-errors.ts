// Every error code of the sources has its entry in docs/errors.md, and every entry its code.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

export interface ErrorCodes {
  /** In the sources, but not in the page. */
  readonly undocumented: readonly string[]
  /** In the page, but not in the sources. */
  readonly stale: readonly string[]
}

/** Compares the sources of a checkout with its page of errors. */
export function checkErrors(root: string): ErrorCodes {
  const files = globSync(['src/**/*.ts', 'packages/*/src/**/*.ts'], { cwd: root })
  const used = new Set(files.flatMap((file) => codesOf(readFileSync(join(root, file), 'utf8'))))
  const page = join(root, 'docs/errors.md')
  const text = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const documented = new Set([...text.matchAll(/^(?:#+ |\| )`?(LP_[A-Z0-9_]+)/gm)].map(([, code = '']) => code))
  return {
    undocumented: [...used].filter((code) => !documented.has(code)).toSorted(),
    stale: [...documented].filter((code) => !used.has(code)).toSorted(),
  }
}

/** Looks like a code, but is the name of a variable or never leaves its file. */
const NO_CODES = new Set(['LP_CONFIG', 'LP_INSPECTED', 'LP_NETWORK', 'LP_ETH_URL', 'LP_ETHURL'])

/** Codes are whole texts in quotes; what stands in comments is none. */
function codesOf(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\/?\*).*$/gm, '')
  // What ends with `_` is the beginning of several.
  return [...code.matchAll(/'(LP_[A-Z0-9_]*[A-Z0-9])'/g)]
    .map(([, name = '']) => name)
    .filter((name) => !NO_CODES.has(name))
}

if (import.meta.main) {
  const { undocumented, stale } = checkErrors(resolve(process.argv[2] ?? dirname(import.meta.dirname)))
  for (const code of undocumented) console.error(`${code} is not in docs/errors.md`)
  for (const code of stale) console.error(`${code} is in docs/errors.md, but nothing throws it`)
  if (undocumented.length + stale.length > 0) process.exitCode = 1
}
