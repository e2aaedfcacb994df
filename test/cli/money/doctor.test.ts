import { join } from 'node:path'
import type { DevnetAccount } from '@livepeer-node/devnet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChainProject } from './chain-project.ts'

let project: ChainProject
let orchestrator: DevnetAccount
let broadcaster: DevnetAccount
let uri: string
let node: string[]
beforeAll(async () => {
  project = await ChainProject.open({ blockTime: 1, roundLength: 500 })
  orchestrator = project.chain.account('orchestrator')
  broadcaster = project.chain.account('broadcaster')
  // Where `ChainProject.run` looks for a node.
  const data = ['--data-dir', join(project.cli.folder, 'data'), '--cli-addr', '127.0.0.1:0']
  const price = ['--price-per-unit', '1000', '--max-face-value', '64gwei', '--no-reward']
  const args = [
    'orchestrator',
    '--transcoder',
    '--max-sessions',
    '2',
    '--service-addr',
    '127.0.0.1:0',
    ...price,
    ...data,
    ...project.flags(orchestrator),
  ]
  const { ready } = await project.cli.start(args)
  uri = ready.endpoints.find(({ name }) => name === 'orchestrator')?.url ?? ''
  node = ['--data-dir', join(project.cli.folder, 'data'), '--json']
  await project.run('orchestrator set-uri', orchestrator, uri, '-y')
})
afterAll(() => project[Symbol.asyncDispose]())

const found = (answer: Record<string, unknown>, name: string) =>
  (answer['checks'] as { name: string; state: string; found: string }[]).find((check) => check.name === name)

describe('price quote', () => {
  it('asks the pool, as an account that can pay', async () => {
    const { answer, exitCode } = await project.run('price quote', broadcaster)
    expect([exitCode, answer]).toMatchObject([0, [{ uri, faceValue: '64000000000' }]])
    const [quote] = answer as unknown as { ticketEv: string }[]
    expect(BigInt(quote?.ticketEv ?? 0)).toBeGreaterThanOrEqual(8_000_000_000n)
  })

  it('tells why there is no price', async () => {
    const poor = await project.run('price quote', project.chain.account('spare'))
    expect([poor.exitCode, poor.answer]).toMatchObject([7, [{ uri, error: expect.stringContaining('reserve') }]])
    const nobody = await project.run('price quote', broadcaster, '127.0.0.1:1')
    expect(nobody.answer).toMatchObject([{ uri: 'https://127.0.0.1:1', error: expect.any(String) }])
  })
})

describe('doctor', () => {
  it('finds a broadcaster well, with the figures', async () => {
    const { answer, exitCode } = await project.run('doctor', broadcaster, '--role', 'broadcaster')
    expect(exitCode).toBe(0)
    expect(found(answer, 'deposit')).toMatchObject({ state: 'ok', found: '1 ETH' })
    expect(found(answer, 'reserve')?.found).toContain('2 ETH / 1 orchestrators = 2 ETH')
    expect(found(answer, uri)?.found).toContain('required 0.000000064 ETH = face value 0.000000064 ETH × 1')
  })

  it('finds what a broadcaster lacks', async () => {
    const { answer, exitCode } = await project.run('doctor', project.chain.account('spare'), '--role', 'broadcaster')
    expect(exitCode).toBe(4)
    expect(found(answer, 'deposit')).toMatchObject({ state: 'failed' })
    expect(found(answer, 'orchestrators')).toMatchObject({ state: 'failed', found: '0 of 1 named a price' })
    const cheap = ['--role', 'broadcaster', '--max-price-per-unit', '10']
    const capped = await project.run('doctor', broadcaster, ...cheap)
    expect(found(capped.answer, uri)).toMatchObject({ state: 'warning', found: expect.stringContaining('above 10') })
    const dollars = await project.run('doctor', broadcaster, '--role', 'broadcaster', '--max-price-per-unit', '0.1USD')
    expect(found(dollars.answer, 'highest price')).toMatchObject({ state: 'warning', found: '0.1USD' })
    const careful = ['--role', 'broadcaster', '--deposit-multiplier', '100000000']
    const short = await project.run('doctor', broadcaster, ...careful)
    expect([short.exitCode, found(short.answer, uri)]).toMatchObject([4, { state: 'failed' }])
  })

  it('finds an orchestrator well, and who is none', async () => {
    const { answer, exitCode } = await project.run('doctor', orchestrator, '--role', 'orchestrator')
    expect(exitCode).toBe(0)
    for (const name of ['round', 'gas', 'registered', 'active', 'next round', 'service URI', 'tickets']) {
      expect([name, found(answer, name)?.state]).toEqual([name, 'ok'])
    }
    const spare = await project.run('doctor', project.chain.account('spare'), '--role', 'orchestrator')
    expect([spare.exitCode, found(spare.answer, 'registered')]).toMatchObject([4, { state: 'failed' }])
  })

  it('finds an orchestrator that cannot be reached', async () => {
    await project.run('orchestrator set-uri', orchestrator, '127.0.0.1:1', '-y')
    const { answer, exitCode } = await project.run('doctor', orchestrator, '--role', 'orchestrator')
    expect([exitCode, found(answer, 'service URI')]).toMatchObject([4, { state: 'failed' }])
    await project.run('orchestrator set-uri', orchestrator, uri, '-y')
  })
})

describe('a running orchestrator', () => {
  it('lists its tickets, and looks for some to redeem', async () => {
    expect((await project.cli.run(['tickets', 'list', ...node])).stdout).toBe('[]')
    expect((await project.cli.run(['tickets', 'redeem', ...node])).stdout).toBe('{"waiting":0}')
  })

  it('takes another price', async () => {
    const { stdout } = await project.cli.run(['orchestrator', 'set-price', '2000', '--pixels-per-unit', '4', ...node])
    expect(JSON.parse(stdout)).toEqual({ weiPerPixel: '500', special: {} })
    const one = ['orchestrator', 'set-price', '7', '--for', broadcaster.address, ...node]
    const { special } = JSON.parse((await project.cli.run(one)).stdout) as { special: object }
    expect(special).toEqual({ [broadcaster.address.toLowerCase()]: '7' })
    const { answer } = await project.run('price quote', broadcaster)
    expect((answer as unknown as { weiPerPixel: string }[])[0]?.weiPerPixel).toMatch(/^7/)
    const bad = await project.cli.run(['orchestrator', 'set-price', 'cheap', ...node])
    expect([bad.exitCode, bad.stdout]).toEqual([7, expect.stringContaining('LP_PRICE_TEXT')])
  })
})
