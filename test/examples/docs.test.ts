import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')
/** A block that shows a file: `<!-- file: path -->`, then the block. */
const SHOWN = /<!-- file: (?<file>\S+) -->\n```\w+\n(?<text>[\s\S]*?)```/g

const shown = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })].flatMap((page) =>
  [...read(page).matchAll(SHOWN)].map(({ groups }) => ({ page, ...(groups as { file: string; text: string }) })),
)

test('the pages show files', () => expect(shown.length).toBeGreaterThan(3))

test.for(shown)('$page shows $file as it is', ({ file, text }) => expect(text).toBe(read(file)))

test('links between the pages and to files lead somewhere', () => {
  for (const page of ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT })]) {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(globSync(join(ROOT, page, '..', target)), `${page}: ${target}`).toHaveLength(1)
    }
  }
})
