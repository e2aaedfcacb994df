import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { TemporaryFolder } from '../src/temporary-folder.ts'

it('is there for one block, with all that is in it', () => {
  const folder = new TemporaryFolder('block')
  {
    using held = folder
    expect(held.path).toMatch(/livepeer-block-\w+$/)
    writeFileSync(join(held.path, 'a'), 'b')
  }
  expect(existsSync(folder.path)).toBe(false)
  folder[Symbol.dispose]()
})
