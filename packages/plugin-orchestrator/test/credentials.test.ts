import { readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeClock, recordedLog, TemporaryFolder } from '@livepeer-node/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Credentials } from '../src/transcoders/credentials.ts'

const FILE = 'transcoder-tokens.json'
const clock = new FakeClock()
const log = recordedLog([])
const folders: TemporaryFolder[] = []
const folder = (): string => {
  const made = new TemporaryFolder('tokens')
  folders.push(made)
  return made.path
}
const open = (dataDir: string, sharedSecret?: string) => Credentials.open({ dataDir, sharedSecret, clock, log })

afterEach(() => folders.splice(0).forEach((made) => made[Symbol.dispose]()))

describe('credentials', () => {
  it('know the shared secret, and nothing where there is none', async () => {
    const shared = await open(folder(), 'verysecret')
    expect(shared.identify('verysecret')).toEqual({ token: undefined })
    expect(shared.identify('verysecre')).toBeUndefined()
    const none = await open(folder())
    expect(none.isEmpty).toBe(true)
    expect(none.identify('')).toBeUndefined()
  })

  it('know tokens by their names, over restarts, and keep only what the token cannot be read from', async () => {
    const dataDir = folder()
    const before = await open(dataDir)
    const [a, b] = [await before.add('berlin-1'), await before.add('berlin-2')]
    expect(a).toMatch(/^lpt_[\w-]{43}$/)
    expect(before.identify(b)).toEqual({ token: 'berlin-2' })
    const after = await open(dataDir)
    expect(after.isEmpty).toBe(false)
    expect(after.identify(a)).toEqual({ token: 'berlin-1' })
    expect(after.list()).toEqual([
      { name: 'berlin-1', createdAt: clock.now(), lastSeenAt: clock.now() },
      { name: 'berlin-2', createdAt: clock.now() },
    ])
    expect(await readFile(join(dataDir, FILE), 'utf8')).not.toContain(a.slice(4))
    expect((await stat(join(dataDir, FILE))).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual([FILE])
  })

  it('revoke a token at once, tell its name, and for good', async () => {
    const dataDir = folder()
    const credentials = await open(dataDir)
    const told: string[] = []
    credentials.onRevoked((name) => told.push(name))
    const token = await credentials.add('a')
    await credentials.revoke('a')
    expect(credentials.identify(token)).toBeUndefined()
    expect(told).toEqual(['a'])
    expect((await open(dataDir)).identify(token)).toBeUndefined()
  })

  it('lose nothing that another orchestrator with the same data folder has changed', async () => {
    const dataDir = folder()
    const [one, other] = [await open(dataDir), await open(dataDir)]
    const told: string[] = []
    one.onRevoked((name) => told.push(name))
    const token = await one.add('a')
    await other.add('b')
    await other.revoke('a')
    await expect(one.revoke('a')).rejects.toMatchObject({ code: 'LP_TOKEN_UNKNOWN' })
    expect([one.identify(token), told]).toEqual([undefined, ['a']])
    await one.add('c')
    expect((await open(dataDir)).list().map(({ name }) => name)).toEqual(['b', 'c'])
  })

  it('refuse a name that is taken, bad or unknown, and go on', async () => {
    const credentials = await open(folder())
    await credentials.add('a')
    await expect(credentials.add('a')).rejects.toMatchObject({ code: 'LP_TOKEN_TAKEN', observed: 'a' })
    await expect(credentials.revoke('b')).rejects.toMatchObject({ code: 'LP_TOKEN_UNKNOWN' })
    for (const name of ['', ' a', '../a', '-a', 'a/b', 'a'.repeat(64)]) {
      await expect(credentials.add(name)).rejects.toMatchObject({ code: 'LP_TOKEN_NAME' })
    }
    await credentials.add('c')
    expect(credentials.list().map(({ name }) => name)).toEqual(['a', 'c'])
  })

  it('make several tokens at once, and lose none', async () => {
    const dataDir = folder()
    const credentials = await open(dataDir)
    const names = Array.from({ length: 20 }, (_, i) => `t${i}`)
    await Promise.all(names.map((name) => credentials.add(name)))
    expect((await open(dataDir)).list().map(({ name }) => name)).toEqual(names)
  })

  it('keep the old list where the new one cannot be saved', async () => {
    const dataDir = folder()
    const credentials = await open(dataDir)
    const token = await credentials.add('a')
    // Root may write everywhere; a folder that is not there stops everybody.
    await rename(dataDir, `${dataDir}-away`)
    await expect(credentials.add('b')).rejects.toMatchObject({
      code: 'LP_TOKENS_UNWRITABLE',
      remedy: expect.stringContaining('disk'),
    })
    await expect(credentials.revoke('a')).rejects.toMatchObject({ code: 'LP_TOKENS_UNWRITABLE' })
    expect(credentials.identify(token)).toEqual({ token: 'a' })
    await rename(`${dataDir}-away`, dataDir)
    expect((await open(dataDir)).list()).toHaveLength(1)
  })

  it('do not start with a list that is none: that would let nobody in', async () => {
    const dataDir = folder()
    await writeFile(join(dataDir, FILE), '{"tokens":[{"name":"a"}]}')
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'LP_TOKENS_UNREADABLE' })
    await writeFile(join(dataDir, FILE), '{"tok')
    await expect(open(dataDir)).rejects.toMatchObject({ code: 'LP_TOKENS_UNREADABLE' })
  })
})
