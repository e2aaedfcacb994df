import type { Examination } from '@livepeer-node/media'
import { segmentData } from '@livepeer-node/protocol'
import { isLivepeerError, LivepeerError, type Profile } from '@livepeer-node/sdk'
import { aLadder, FakeClock, recordedLog, someBytes } from '@livepeer-node/test-kit'
import { describe, expect, it } from 'vitest'
import { likeness } from '../src/transcoders/likeness.ts'
import { ResultChecks } from '../src/transcoders/result-checks.ts'
import { judge } from '../src/transcoders/result-judge.ts'
import { Suspensions } from '../src/transcoders/suspensions.ts'
import type { Job, Rendition } from '../src/transcoders/workforce.ts'

const SOURCE = { width: 1280, height: 720 }
const ladder = aLadder()
const from = { id: 'a', name: 'tom', address: '127.0.0.1:1', credential: undefined }

/** A picture with a gradient, turned by `shift`. */
const portrait = (shift = 0): Uint8Array => Uint8Array.from({ length: 256 }, (_, i) => ((i + shift * 16) * 37) % 251)
const flat = (shade: number): Uint8Array => new Uint8Array(256).fill(shade)

function seen(over: Partial<Examination> = {}): Examination {
  return { codec: 'h264', ...SOURCE, frames: 60, startMs: 4000, spanMs: 1966, portrait: portrait(), ...over }
}

function seenAs({ width, height }: Profile, over: Partial<Examination> = {}): Examination {
  return seen({ width, height, ...over })
}

function aJob(over: Partial<Job> = {}): Job {
  const common = { sessionId: 's', streamId: 'm', seq: 0n, durationMs: 2000, ladder, bytes: someBytes(900) }
  return { ...common, data: segmentData({ ...common, manifestId: new Uint8Array(), ladder: [...ladder] }), ...over }
}

let marker = 0
function renditions(of: readonly Profile[] = ladder): Rendition[] {
  marker += 1
  return of.map(({ width, height }, i) => ({
    bytes: someBytes(100 + 10 * marker + i),
    format: 'mpegts',
    pixels: BigInt(60 * width * height),
  }))
}

interface Looks {
  /** What the examiner sees in the renditions, in order; default: what was asked for. */
  readonly see?: (profile: Profile) => Examination
  readonly source?: Examination
  readonly measured?: number
  readonly share?: number
  readonly random?: () => number
}

const keep = () => undefined

/** Checks whose examiner tells source and renditions apart by their place in each result. */
function setUp({ see = seenAs, source = seen(), measured = 0, share = 0.5, random = () => 1 }: Looks = {}) {
  const clock = new FakeClock()
  const log = recordedLog([])
  const suspensions = new Suspensions({ clock, log })
  const looked: Uint8Array[] = []
  const gate = { held: undefined as Promise<void> | undefined }
  const examiner = {
    prewarm: () => Promise.resolve(),
    async examine(bytes: Uint8Array) {
      const index = looked.push(bytes) - 1
      await gate.held
      const profile = ladder[(index % (ladder.length + 1)) - 1]
      return profile ? see(profile) : source
    },
    measure: () => Promise.resolve({ frames: 1, pixels: measured }),
  }
  const kept: Uint8Array[] = []
  const keepThese = (bytes: Uint8Array) => void kept.push(bytes)
  const checks = new ResultChecks({ examiner, suspensions, clock, log, keep: keepThese, share, random })
  checks.openSession('s')
  return { clock, suspensions, checks, looked, gate, kept }
}

describe('a result', () => {
  it.each([
    ['one rendition short', () => renditions().slice(1), 'LP_RESULT_COUNT'],
    ['with one too many', () => [...renditions(), ...renditions()], 'LP_RESULT_COUNT'],
    [
      'with an empty rendition',
      () => renditions().map((one) => ({ ...one, bytes: new Uint8Array(24) })),
      'LP_RESULT_EMPTY',
    ],
    ['without a pixel', () => renditions().map((one) => ({ ...one, pixels: 0n })), 'LP_RESULT_PIXELS'],
  ])('%s is refused without a look', async (_, make, code) => {
    const { checks, looked } = setUp()
    await expect(checks.check(aJob(), make(), from)).rejects.toMatchObject({ code, kind: 'peer' })
    expect(looked).toEqual([])
  })

  it('is looked into when it is a transcoder’s first of a session, and then as often as the share says', async () => {
    const draws = [0.9, 0.1, 0.9]
    const { checks, looked } = setUp({ share: 0.2, random: () => draws.shift() ?? 1 })
    const counts: number[] = []
    for (const who of [from, from, from, { ...from, id: 'b' }, from]) {
      await checks.check(aJob(), renditions(), who)
      await new Promise((resolve) => setImmediate(resolve))
      counts.push(looked.length / (ladder.length + 1))
    }
    expect(counts).toEqual([1, 1, 2, 3, 3])
    checks.endSession('s')
    expect(checks.sizes).toMatchObject({ sessions: 0, looks: 0 })
  })

  it('keeps its bytes and those of its source where it is looked into, as the look may take longer than they are needed', async () => {
    const { checks, kept } = setUp({ share: 0.5, random: () => 0.9 })
    const [job, result] = [aJob(), renditions()]
    await checks.check(job, result, from)
    expect(new Set(kept)).toEqual(new Set([job.bytes, ...result.map(({ bytes }) => bytes)]))
    const { length } = kept
    await checks.check(aJob(), renditions(), from)
    expect(kept).toHaveLength(length)
  })

  it('is never looked into with a share of 0', async () => {
    const { checks, looked } = setUp({ share: 0 })
    await checks.check(aJob(), renditions(), from)
    expect(looked).toEqual([])
  })

  it('with other pixels than it has is refused after a count of the pictures', async () => {
    const { checks } = setUp({ see: (profile) => seenAs(profile, { frames: 30 }), measured: 4711 })
    await expect(checks.check(aJob(), renditions(), from)).rejects.toMatchObject({
      code: 'LP_RESULT_PIXELS',
      limit: '4711',
    })
  })

  it('is not refused where packets are not pictures, but the pictures are what it says', async () => {
    const [profile] = ladder
    if (!profile) throw new Error('no profile')
    const { width, height } = profile
    const one = setUp({ see: (of) => seenAs(of, { frames: 120 }), measured: 60 * width * height })
    await one.checks.check(aJob({ ladder: [profile] }), renditions([profile]), from)
    expect(one.looked).toHaveLength(2)
  })

  it('with impossibly many pixels is always looked into', async () => {
    const { checks } = setUp()
    await checks.check(aJob(), renditions(), from)
    const many = renditions().map((one) => ({ ...one, pixels: one.pixels * 1000n }))
    await expect(checks.check(aJob(), many, from)).rejects.toMatchObject({ code: 'LP_RESULT_PIXELS' })
  })

  it('with bytes that were delivered for another source is looked into; two black streams are nobody’s fault', async () => {
    const black = (profile: Profile) => seenAs(profile, { portrait: flat(16) })
    const { checks, looked } = setUp({ see: black, source: seen({ portrait: flat(17) }) })
    const looks = () => looked.length / (ladder.length + 1)
    const same = renditions()
    await checks.check(aJob(), same, from)
    await checks.check(aJob(), same, from)
    expect(looks()).toBe(1)
    checks.openSession('other')
    for (let i = 0; i < 6; i++) await checks.check(aJob({ sessionId: 'other', bytes: someBytes(901 + i) }), same, from)
    expect(looks()).toBe(4)
  })

  it('of a source that is no media says nothing about its transcoder', async () => {
    const notMedia = new LivepeerError({ code: 'LP_MEDIA_INVALID', kind: 'input', message: 'none' })
    const { checks } = setUp()
    const refusing = {
      prewarm: () => Promise.resolve(),
      examine: () => Promise.reject(notMedia),
      measure: () => Promise.reject(notMedia),
    }
    const clock = new FakeClock()
    const log = recordedLog([])
    const suspensions = new Suspensions({ clock, log })
    const alone = new ResultChecks({ examiner: refusing, suspensions, clock, log, keep, share: 1 })
    await alone.check(aJob(), renditions(), from)
    expect(checks.sizes.looks).toBe(0)
    expect(suspensions.size).toBe(0)
  })

  it('waits half a second for the look; what is found later suspends all the same', async () => {
    const { checks, clock, gate, suspensions } = setUp({ see: (profile) => seenAs(profile, { codec: 'hevc' }) })
    const { promise, resolve } = Promise.withResolvers<void>()
    gate.held = promise
    const checked = checks.check(aJob(), renditions(), from)
    await clock.advance(500)
    await checked
    expect(suspensions.until(from)).toBeUndefined()
    resolve()
    await expect.poll(() => suspensions.until(from)).toBeDefined()
  })
})

describe('the judge', () => {
  const [profile] = ladder
  if (!profile) throw new Error('no profile')
  const codeOf = (over: Partial<Examination>, source: Partial<Examination> = {}) => {
    const error = judge({ source: seen(source), rendition: seenAs(profile, over), profile })
    return isLivepeerError(error) ? error.code : undefined
  }

  it('finds nothing wrong with what an honest transcoder makes', () => {
    expect(codeOf({})).toBeUndefined()
    expect(codeOf({ startMs: 4033, spanMs: 1900, frames: 30 })).toBeUndefined()
    expect(codeOf({ width: profile.width - 2, height: profile.height + 2 })).toBeUndefined()
    expect(codeOf({ portrait: portrait().map((shade) => 20 + shade * 0.8) })).toBeUndefined()
    expect(codeOf({ startMs: 10 }, { startMs: 2 ** 33 / 90 - 20 })).toBeUndefined()
    expect(codeOf({ portrait: flat(2) }, { portrait: flat(16) })).toBeUndefined()
  })

  it.each([
    ['another codec', { codec: 'hevc' }, 'LP_RESULT_PROFILE'],
    ['no video', { codec: '' }, 'LP_RESULT_PROFILE'],
    ['another size', { width: 1920, height: 1080 }, 'LP_RESULT_PROFILE'],
    ['another time', { startMs: 6000 }, 'LP_RESULT_FOREIGN'],
    ['half of it', { spanMs: 900 }, 'LP_RESULT_FOREIGN'],
    ['another picture', { portrait: portrait(5) }, 'LP_RESULT_FOREIGN'],
    ['black', { portrait: flat(16) }, 'LP_RESULT_FOREIGN'],
    ['no picture', { portrait: undefined }, 'LP_RESULT_FOREIGN'],
  ])('refuses %s', (_, over, code) => {
    expect(codeOf(over)).toBe(code)
  })

  it('says nothing where the source has no picture', () => {
    expect(codeOf({ codec: '' }, { codec: '', portrait: undefined })).toBeUndefined()
  })
})

it('likeness is 1 for the same, about 0 for what has nothing in common', () => {
  expect(likeness(portrait(), portrait())).toBeCloseTo(1)
  expect(Math.abs(likeness(portrait(), portrait(5)))).toBeLessThan(0.5)
  expect(likeness(flat(0), flat(200))).toBe(0)
})
