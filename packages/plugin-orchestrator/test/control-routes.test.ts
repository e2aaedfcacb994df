import { describe, expect, it } from 'vitest'
import { addToken, control } from './support/control.ts'
import { whenAttached } from './support/node.ts'
import { attach, broadcaster, withLocal, withRemote } from './support/set-up.ts'
import { aCard } from './support/transcoder.ts'

describe('GET /transcoders', () => {
  it('lists who is attached, with what it says and what it showed', async () => {
    const started = await withRemote()
    const card = aCard('tom')
    await attach(started, { card, capacity: 3n })
    const b = await broadcaster(started)
    await b.segment()
    expect(await control(started, 'GET', '/transcoders')).toEqual({
      status: 200,
      body: [
        expect.objectContaining({
          id: card.id,
          name: expect.stringContaining('tom'),
          version: '1.2.3',
          devices: card.devices,
          state: 'attached',
          declared: 3,
          capacity: 3,
          load: 1,
          jobs: 0,
          segments: 1,
          errors: {},
          address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
        }),
      ],
    })
  })

  it('is empty where the transcoder is in the process', async () => {
    expect(await control(await withLocal(), 'GET', '/transcoders')).toEqual({ status: 200, body: [] })
  })
})

describe('POST /transcoders/:id/drain', () => {
  it('takes an id or a name; several of one name are told apart by a number', async () => {
    const started = await withRemote()
    const [one, two] = [aCard('twin'), aCard('twin')]
    await attach(started, { card: one })
    await attach(started, { card: two })
    const drain = (which: string) => control(started, 'POST', `/transcoders/${which}/drain`)
    expect(await drain('nobody')).toMatchObject({ status: 404, body: { code: 'LP_TRANSCODER_UNKNOWN' } })
    expect(await control(started, 'GET', '/transcoders')).toMatchObject({
      body: [{ name: 'twin' }, { name: 'twin-2' }],
    })
    expect(await drain('twin-2')).toMatchObject({ status: 200, body: { id: two.id, state: 'draining' } })
    expect(await control(started, 'GET', '/transcoders')).toMatchObject({
      body: [
        { id: one.id, state: 'attached' },
        { id: two.id, state: 'draining' },
      ],
    })
    expect(await drain(one.id)).toMatchObject({ status: 200, body: { id: one.id, state: 'draining' } })
  })
})

describe('/transcoders/tokens', () => {
  it('makes a token that is told once, lists its name, and revokes it', async () => {
    const started = await withRemote()
    const made = await control(started, 'POST', '/transcoders/tokens', '{"name":"a"}')
    expect(made).toEqual({ status: 201, body: { name: 'a', token: expect.stringMatching(/^lpt_/) } })
    const list = await control(started, 'GET', '/transcoders/tokens')
    expect(list).toEqual({ status: 200, body: [{ name: 'a', createdAt: expect.any(Number) }] })
    const t = await attach(started, { secret: (made.body as { token: string }).token })
    expect(await control(started, 'DELETE', '/transcoders/tokens/a')).toEqual({
      status: 200,
      body: { name: 'a', revoked: true },
    })
    await whenAttached(started, 0)
    expect(await t.ended).toBe('ok')
    expect(await control(started, 'GET', '/transcoders/tokens')).toEqual({ status: 200, body: [] })
  })

  it.each([
    ['{"name":"a"}', 409, 'LP_TOKEN_TAKEN'],
    ['{"name":"../a"}', 400, 'LP_TOKEN_NAME'],
    ['{"name":7}', 400, 'LP_TOKEN_REQUEST'],
    ['{"name":"b","more":1}', 400, 'LP_TOKEN_REQUEST'],
    ['', 400, 'LP_TOKEN_REQUEST'],
    [`{"name":"${'x'.repeat(5000)}"}`, 400, 'LP_TOKEN_REQUEST'],
  ])('refuses %.30s', async (body, status, code) => {
    const started = await withRemote()
    await addToken(started, 'a')
    expect(await control(started, 'POST', '/transcoders/tokens', body)).toMatchObject({ status, body: { code } })
  })

  it('cannot revoke what is not there', async () => {
    const answer = await control(await withRemote(), 'DELETE', '/transcoders/tokens/x')
    expect(answer).toMatchObject({ status: 404, body: { code: 'LP_TOKEN_UNKNOWN', remedy: expect.any(String) } })
  })
})
