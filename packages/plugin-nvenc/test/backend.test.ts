import { aProfile, aSourceSegment, aTranscodeSpec } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { benchOf, engineError, FakeEngine, LINES, never, twoRenditions, workerDied } from './support.ts'

const segment = aSourceSegment()
const spec = (sessionId: string) => aTranscodeSpec({ sessionId, ladder: twoRenditions })

describe('NvencBackend', () => {
  it('spreads sessions over the cards', async () => {
    const engine = new FakeEngine()
    const { backend, lines } = benchOf(engine)
    for (const sessionId of ['a', 'b', 'c', 'd']) await backend.open(spec(sessionId), never)
    expect(engine.devices.toSorted((a, b) => a - b)).toEqual([0, 0, 1, 1])
    expect(lines[0]).toMatchObject({
      level: 'debug',
      fields: { sessionId: 'a', card: 0, judged: [{ card: 0 }, { card: 1 }] },
    })
  })

  it('offers the slots of the cards that work, and says which cards they are', () => {
    const { backend, cards } = benchOf(new FakeEngine(), { sessionsPerCard: 7 })
    expect(backend.offer).toMatchObject({ backend: 'nvenc', slots: 14, settings: '["0 NVIDIA T4","1 NVIDIA T4"]' })
    cards.all[0]?.health.takeOut(workerDied(), { retry: false })
    expect(backend.offer.slots).toBe(7)
  })

  it('passes on what it cannot encode', () => {
    const { backend } = benchOf(new FakeEngine())
    expect(backend.accepts(aTranscodeSpec())).toBe(true)
    expect(backend.accepts(aTranscodeSpec({ ladder: [aProfile({ codec: 'vp9' })] }))).toBe(false)
  })

  it('takes no more sessions than its slots', async () => {
    const { backend } = benchOf(new FakeEngine(), { cards: [0], sessionsPerCard: 1 })
    const session = await backend.open(spec('a'), never)
    expect(backend.accepts(spec('b'))).toBe(false)
    await expect(backend.open(spec('b'), never)).rejects.toMatchObject({ code: 'LP_BACKEND_FULL', kind: 'limit' })
    await session.close()
    await session.close()
    expect(backend.accepts(spec('b'))).toBe(true)
  })

  it('gives the place back when the open fails for another reason, and passes that on', async () => {
    const engine = new FakeEngine()
    const failure = new Error('broken')
    engine.failsToOpen.set(0, failure)
    const { backend, cards } = benchOf(engine, { cards: [0] })
    await expect(backend.open(spec('a'), never)).rejects.toBe(failure)
    expect([cards.sessions, backend.accepts(spec('a'))]).toEqual([0, true])
  })
})

describe('the driver’s encoder limit', () => {
  it('keeps a ladder away that needs more encoders than are left, until some are given back', async () => {
    const { backend } = benchOf(new FakeEngine(5), { encoderLimit: 5 })
    const first = await backend.open(spec('a'), never)
    await backend.open(spec('b'), never)
    expect(backend.accepts(spec('c'))).toBe(false)
    expect(backend.accepts(aTranscodeSpec({ ladder: [aProfile()] }))).toBe(true)
    await first.close()
    expect(backend.accepts(spec('c'))).toBe(true)
  })

  it('is told once where a ladder is longer than all of it', () => {
    const { backend, lines } = benchOf(new FakeEngine(1), { encoderLimit: 1 })
    expect([backend.accepts(spec('a')), backend.accepts(spec('b'))]).toEqual([false, false])
    expect(lines).toMatchObject([{ level: 'warn', fields: { code: 'LP_NVENC_SESSION_LIMIT', limit: 1, observed: 2 } }])
  })

  it('is met where others hold encoders: said so, what is open goes on, more is taken when one closes', async () => {
    const { backend, lines, cards } = benchOf(new FakeEngine(2))
    const session = await backend.open(spec('a'), never)
    const refused = backend.open(spec('b'), never)
    await expect(refused).rejects.toMatchObject({ code: 'LP_NVENC_SESSION_LIMIT', kind: 'limit' })
    expect(lines.filter(({ level }) => level === 'warn')).toMatchObject([
      {
        fields: {
          code: 'LP_NVENC_SESSION_LIMIT',
          card: 1,
          open: 0,
          observed: 'OpenEncodeSessionEx failed: out of memory (10): (no details)',
        },
      },
    ])
    expect(cards.sessions).toBe(1)
    expect((await session.transcode(segment, never)).renditions.length).toBe(2)
  })

  it('is asked for again after a minute where no session of ours can give any back', async () => {
    const { backend, clock } = benchOf(new FakeEngine(0), { cards: [0] })
    await expect(backend.open(spec('a'), never)).rejects.toMatchObject({ kind: 'limit' })
    await clock.advance(59_999)
    expect(backend.accepts(spec('a'))).toBe(false)
    await clock.advance(1)
    expect(backend.accepts(spec('a'))).toBe(true)
  })

  it('sends a session elsewhere whose encoders are refused in mid-session', async () => {
    const engine = new FakeEngine()
    const { backend, cards } = benchOf(engine, { cards: [0] })
    const session = await backend.open(spec('a'), never)
    engine.failsToTranscode.set(0, engineError(LINES.limit))
    await expect(session.transcode(segment, never)).rejects.toMatchObject({
      code: 'LP_BACKEND_LOST',
      cause: { code: 'LP_NVENC_SESSION_LIMIT' },
    })
    expect(cards.all[0]?.health.problem).toBeUndefined()
  })
})

describe('a card that fails', () => {
  it('is taken out, its sessions leave it, the others go on, and it is back when it passes its test', async () => {
    const engine = new FakeEngine()
    const { backend, machine, lines, clock } = benchOf(engine)
    const sessions = []
    for (const id of ['a', 'b', 'c', 'd']) sessions.push(await backend.open(spec(id), never))
    const [on0, on1, also0] = sessions
    if (!on0 || !on1 || !also0) throw new Error('no sessions')
    expect(engine.devices).toEqual([0, 1, 0, 1])
    machine.failing.set(0, engineError(LINES.lost))
    engine.failsToTranscode.set(0, engineError(LINES.lost))
    await expect(on0.transcode(segment, never)).rejects.toMatchObject({ code: 'LP_BACKEND_LOST', kind: 'limit' })
    engine.failsToTranscode.clear()
    await expect(also0.transcode(segment, never)).rejects.toMatchObject({ code: 'LP_BACKEND_LOST' })
    expect((await on1.transcode(segment, never)).renditions.length).toBe(2)
    expect(lines.filter(({ level }) => level === 'error')).toMatchObject([
      {
        fields: {
          code: 'LP_NVENC_CARD_LOST',
          card: 0,
          testedAgainInMs: 10_000,
          remedy: expect.stringContaining('Xid'),
        },
      },
    ])
    await Promise.all([on0.close(), also0.close()])
    await backend.open(spec('e'), never)
    expect(engine.devices.at(-1)).toBe(1)
    machine.failing.clear()
    await clock.advance(10_000)
    await backend.open(spec('f'), never)
    expect(engine.devices.at(-1)).toBe(0)
  })

  it('is left for another one where a session cannot be opened on it', async () => {
    const engine = new FakeEngine()
    const { backend, machine } = benchOf(engine)
    engine.failsToOpen.set(0, engineError(LINES.lost))
    machine.failing.set(0, engineError(LINES.lost))
    await expect(backend.open(spec('a'), never)).rejects.toMatchObject({ code: 'LP_BACKEND_LOST', kind: 'limit' })
    expect(backend.accepts(spec('a'))).toBe(true)
    await backend.open(spec('a'), never)
    expect(engine.devices).toEqual([1])
  })

  it('stays in when it passes its test: the segment was to blame', async () => {
    const engine = new FakeEngine()
    const { backend, machine, cards } = benchOf(engine, { cards: [0] })
    const session = await backend.open(spec('a'), never)
    const death = workerDied()
    engine.failsToTranscode.set(0, death)
    for (let n = 0; n < 5; n++) await expect(session.transcode(segment, never)).rejects.toBe(death)
    expect(machine.tested).toEqual([0, 0, 0, 0, 0])
    expect(cards.all[0]?.health.problem).toBeUndefined()
  })

  it('is taken out though it passes, when the processes of three sessions crash on it', async () => {
    const engine = new FakeEngine()
    const { backend, cards } = benchOf(engine, { cards: [0] })
    const sessions = await Promise.all(['a', 'b', 'c'].map((id) => backend.open(spec(id), never)))
    engine.failsToTranscode.set(0, workerDied())
    const failures = []
    for (const session of sessions)
      failures.push(await session.transcode(segment, never).catch((error: unknown) => error))
    expect(failures).toMatchObject([
      { code: 'LP_WORKER_DIED' },
      { code: 'LP_WORKER_DIED' },
      { code: 'LP_BACKEND_LOST' },
    ])
    expect(cards.all[0]?.health.problem).toMatchObject({ code: 'LP_NVENC_CARD_CRASHES' })
  })

  it('is not tested for what the source did wrong', async () => {
    const engine = new FakeEngine()
    const { backend, machine } = benchOf(engine)
    const session = await backend.open(spec('a'), never)
    engine.failsToTranscode.set(0, new Error('No keyframes in input'))
    await expect(session.transcode(segment, never)).rejects.toThrow('No keyframes in input')
    expect(machine.tested).toEqual([])
  })

  it('is not tested for a segment that was given up', async () => {
    const engine = new FakeEngine()
    const { backend, machine } = benchOf(engine)
    const session = await backend.open(spec('a'), never)
    engine.failsToTranscode.set(0, workerDied())
    await expect(session.transcode(segment, AbortSignal.abort())).rejects.toMatchObject({ code: 'LP_WORKER_DIED' })
    expect(machine.tested).toEqual([])
  })

  it('that is short of memory takes no more sessions until one closes', async () => {
    const engine = new FakeEngine()
    const { backend, lines, cards } = benchOf(engine, { cards: [0] })
    const first = await backend.open(spec('a'), never)
    engine.failsToOpen.set(0, engineError(LINES.memory))
    await expect(backend.open(spec('b'), never)).rejects.toMatchObject({ code: 'LP_NVENC_MEMORY', kind: 'limit' })
    expect(lines.at(-1)).toMatchObject({ level: 'warn', fields: { code: 'LP_NVENC_MEMORY', card: 0, open: 2 } })
    expect([backend.accepts(spec('b')), cards.all[0]?.health.problem]).toEqual([false, undefined])
    await first.close()
    expect(backend.accepts(spec('b'))).toBe(true)
  })
})
