import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { replaceFile } from '../src/index.ts'

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'livepeer-replace-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it('makes a file that only its user may read, and replaces one with other rights', async () => {
  const folder = aFolder()
  const path = join(folder, 'tokens.json')
  await replaceFile(path, 'one')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  chmodSync(path, 0o644)
  await replaceFile(path, 'two')
  expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(['two', 0o600])
  expect(readdirSync(folder)).toEqual(['tokens.json'])
})

it('is seen whole by who reads while it is written', async () => {
  const path = join(aFolder(), 'tokens.json')
  const texts = ['a', 'b'].map((letter) => letter.repeat(1_000_000))
  writeFileSync(path, texts[0] ?? '')
  const writing = Promise.all(texts.map((text) => replaceFile(path, text))).then(() => 'written')
  const seen = new Set<string>()
  const look = () => seen.add(readFileSync(path, 'utf8'))
  while ((await Promise.race([writing, new Promise((resolve) => setImmediate(resolve))])) !== 'written') look()
  look()
  expect(texts).toEqual(expect.arrayContaining([...seen]))
})

it('leaves the folder as it was where it cannot be written', async () => {
  const folder = aFolder()
  await expect(replaceFile(join(folder, 'none', 'tokens.json'), 'x')).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(replaceFile(folder, 'x')).rejects.toMatchObject({ code: 'EISDIR' })
  expect(readdirSync(folder)).toEqual([])
  const beside = join(folder, '..')
  expect(readdirSync(beside).filter((name) => name.startsWith(folder.slice(beside.length + 1) + '.'))).toEqual([])
})
