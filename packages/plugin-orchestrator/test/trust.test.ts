import { create, toBinary } from '@bufbuild/protobuf'
import { RegisterRequestSchema, resultBody } from '@livepeer-node/protocol'
import { describe, expect, it } from 'vitest'
import { resultOf } from './support/broadcaster.ts'
import { addToken, control } from './support/control.ts'
import { H2 } from './support/h2.ts'
import { loggedCodes, type Started, statusOf, whenAttached } from './support/node.ts'
import { attach, broadcaster, withRemote } from './support/set-up.ts'
import { aCard, fetchAndReturn, partsFor, SECRET, TestTranscoder } from './support/transcoder.ts'

const never = async () => undefined
const suspended = async (started: Started) =>
  (await statusOf(started)).transcoders.filter((one) => 'suspendedUntil' in one).map(({ name }) => name)

describe('a transcoder with a token', () => {
  it('attaches as one of the reference does, and is known by its token’s name', async () => {
    const started = await withRemote({ options: { orchSecret: undefined } })
    const secret = await addToken(started, 'berlin-1')
    await attach(started, { secret, card: aCard('imposter') })
    const b = await broadcaster(started)
    expect((await b.segment()).result.result.case).toBe('data')
    expect((await statusOf(started)).transcoders).toMatchObject([{ name: 'berlin-1', token: 'berlin-1', segments: 1 }])
  })

  it('may work beside those with the shared secret; anything else is refused', async () => {
    const started = await withRemote()
    const secret = await addToken(started, 'a')
    await attach(started, { secret })
    await attach(started)
    const stranger = new TestTranscoder(started.uri, { secret: `${secret}x` })
    expect(await stranger.ended).toMatchObject({ rawMessage: 'invalid secret' })
    stranger.kill()
    expect(loggedCodes(started)).toEqual(['LP_SECRET_REFUSED'])
  })

  it('whose token is revoked in the middle of a segment is gone, its result is refused, and it may not come back', async () => {
    const started = await withRemote()
    const secret = await addToken(started, 'bad')
    const bad = await attach(started, { secret, work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await bad.whenJobs(1)
    const [job] = bad.jobs
    if (!job) throw new Error('no job')
    const good = await attach(started)
    const upload = bad.h2.call({
      ':method': 'POST',
      ':path': '/transcodeResults',
      authorization: 'Livepeer-Transcoder-1.0',
      credentials: secret,
      taskid: String(job.taskId),
      pixels: '1',
      'content-type': resultBody(partsFor(job)).contentType,
    })
    upload.stream.write('--')
    await new Promise((resolve) => bad.h2.session.ping(resolve))
    expect((await control(started, 'DELETE', '/transcoders/tokens/bad')).status).toBe(200)
    expect(await bad.ended).toBe('ok')
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
    upload.stream.end('x')
    expect((await upload.answer).status).toBe(401)
    expect((await bad.post(job.taskId, { parts: partsFor(job) })).status).toBe(401)
    const again = new TestTranscoder(started.uri, { secret })
    expect(await again.ended).toMatchObject({ rawMessage: 'invalid secret' })
    again.kill()
  })
})

describe('a transcoder that says too much', () => {
  it('of its capacity is refused, by name, with a text after which it may try again', async () => {
    const started = await withRemote()
    const secret = await addToken(started, 'boaster')
    const boaster = new TestTranscoder(started.uri, { secret, capacity: 5000n })
    expect(await boaster.ended).toMatchObject({ rawMessage: 'capacity too large' })
    boaster.kill()
    const line = started.node.lines.find(({ message }) => message === 'transcoder refused')
    expect(line?.fields).toMatchObject({
      transcoder: 'boaster',
      error: { code: 'LP_REGISTER_OVERSTATED', observed: '5000', limit: '1000' },
    })
  })

  it('by attaching again and again is turned away, and the others are not', async () => {
    const started = await withRemote()
    const secret = await addToken(started, 'many')
    const message = toBinary(RegisterRequestSchema, create(RegisterRequestSchema, { secret, capacity: 1n }))
    const connections = Array.from({ length: 3 }, () => new H2(started.uri))
    const calls = connections.flatMap((h2) =>
      Array.from({ length: 200 }, () => h2.grpc('/net.Transcoder/RegisterTranscoder', message)),
    )
    const refused = await Promise.all(calls.slice(500).map(({ answer }) => answer))
    const texts = refused.map(({ trailers }) => decodeURIComponent(String(trailers['grpc-message'])))
    expect(new Set(texts)).toEqual(new Set(['too many transcoders']))
    expect((await statusOf(started)).transcoders).toHaveLength(500)
    await attach(started)
    for (const h2 of connections) h2.close()
    await whenAttached(started, 1)
  })

  it('attaches anew before its old connection was missed: the newer one counts', async () => {
    const started = await withRemote()
    const card = aCard('tom')
    const old = await attach(started, { card, work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await old.whenJobs(1)
    const next = new TestTranscoder(started.uri, { card })
    expect(await old.ended).toBe('ok')
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(next.jobs).toHaveLength(1)
    next.kill()
    await whenAttached(started, 0)
  })
})

describe('a result for another one’s task', () => {
  it('is refused by credential; the owner delivers all the same, and only the thief is suspended', async () => {
    const started = await withRemote()
    const owner = await attach(started, { card: aCard('owner'), work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await owner.whenJobs(1)
    const [job] = owner.jobs
    if (!job) throw new Error('no job')
    const thief = await attach(started, { secret: await addToken(started, 'thief') })
    const stolen = await thief.post(job.taskId, { parts: partsFor(job) })
    expect({ status: stolen.status, body: stolen.body.toString() }).toEqual({ status: 403, body: 'Forbidden\n' })
    const line = started.node.lines.find(({ fields }) => fields['transcoder'] === 'thief' && 'error' in fields)
    expect(line?.fields['error']).toMatchObject({ code: 'LP_RESULT_NOT_OWNER', observed: 'thief', limit: 'owner' })
    expect(await suspended(started)).toEqual(['thief'])
    expect((await owner.post(job.taskId, await fetchAndReturn(job, owner))).status).toBe(200)
    expect(resultOf(await call.answer).result.case).toBe('data')
    const other = await broadcaster(started)
    const second = other.send()
    await owner.whenJobs(2)
    expect(thief.jobs).toEqual([])
    const [, next] = owner.jobs
    if (next) await owner.post(next.taskId, { parts: partsFor(next) })
    expect(resultOf(await second.answer).result.case).toBe('data')
  })

  it('is refused by the card too, where both have the shared secret', async () => {
    const started = await withRemote()
    const owner = await attach(started, { card: aCard('owner'), work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await owner.whenJobs(1)
    const [job] = owner.jobs
    if (!job) throw new Error('no job')
    const thief = await attach(started, { card: aCard('thief') })
    expect((await thief.post(job.taskId, { error: 'TranscoderInvalidVideo' })).status).toBe(403)
    expect(await suspended(started)).toEqual(['thief'])
    await owner.post(job.taskId, { parts: partsFor(job) })
    expect(resultOf(await call.answer).result.case).toBe('data')
  })
})

describe('a result that is none', () => {
  it.each([
    ['garbage', 'no parts at all', 'multipart/mixed; boundary=x', 'LP_RESULT_UNREADABLE'],
    ['a part without end', '--x\r\nPixels: 5\r\n\r\nhalf', 'multipart/mixed; boundary=x', 'LP_RESULT_UNREADABLE'],
    [
      'a part with nonsense for pixels',
      '--x\r\nPixels: -5\r\n\r\nx\r\n--x--',
      'multipart/mixed; boundary=x',
      'LP_RESULT_UNREADABLE',
    ],
    ['too few renditions', '--x--', 'multipart/mixed; boundary=x', 'LP_RESULT_COUNT'],
  ])('%s: another one is asked at once, and its sender is suspended', async (_, body, type, code) => {
    const started = await withRemote()
    const bad = await attach(started, { card: aCard('bad'), work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await bad.whenJobs(1)
    const good = await attach(started, { card: aCard('good') })
    await bad.postRaw(bad.jobs[0]?.taskId ?? 0n, body, type)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
    expect(loggedCodes(started)).toContain(code)
    expect(await suspended(started)).toEqual(['bad'])
    bad.kill()
    await whenAttached(started, 1)
    expect((await statusOf(started)).suspensions).toMatchObject([{ name: 'bad', code }])
  })

  it('larger than any result is refused before it is sent', async () => {
    const started = await withRemote()
    const bad = await attach(started, { card: aCard('bad'), work: never })
    const b = await broadcaster(started)
    const call = b.send()
    await bad.whenJobs(1)
    const good = await attach(started, { card: aCard('good') })
    const upload = bad.h2.call({
      ':method': 'POST',
      ':path': '/transcodeResults',
      authorization: 'Livepeer-Transcoder-1.0',
      credentials: SECRET,
      taskid: String(bad.jobs[0]?.taskId),
      'livepeer-node-transcoder-id': bad.card?.id ?? '',
      pixels: '1',
      'content-type': 'multipart/mixed; boundary=x',
      'content-length': String(5 * 300 * 2 ** 20),
    })
    expect((await upload.answer).status).toBe(500)
    expect(resultOf(await call.answer).result.case).toBe('data')
    expect(good.jobs).toHaveLength(1)
    expect(loggedCodes(started)).toContain('LP_BODY_TOO_LARGE')
  })
})

describe('a transcoder that will leave', () => {
  it('says so, and gets nothing new; a stranger cannot say it for another', async () => {
    const started = await withRemote()
    const card = aCard('tom')
    const t = await attach(started, { card })
    const thief = new TestTranscoder(started.uri, { card, secret: 'wrong' })
    expect((await thief.drain()).status).toBe(401)
    const other = await attach(started, { secret: await addToken(started, 'other') })
    expect((await other.drain()).status).toBe(404)
    expect((await statusOf(started)).transcoders).toMatchObject([{ draining: false }, { draining: false }])
    expect((await t.drain()).status).toBe(200)
    expect((await statusOf(started)).transcoders).toMatchObject([{ draining: true }, { draining: false }])
    const b = await broadcaster(started)
    await b.segment()
    expect([t.jobs.length, other.jobs.length]).toEqual([0, 1])
    thief.kill()
  })
})
