import type { H264Profile, Ladder, Profile, VideoCodec } from '@livepeer-node/sdk'
import { z } from 'zod'
import { invalidProfile, noProfiles } from './errors.ts'

const MAX_INT32 = 2 ** 31 - 1

const H264_PROFILES: Readonly<Record<string, H264Profile>> = {
  '': 'default',
  none: 'default',
  h264baseline: 'baseline',
  h264main: 'main',
  h264high: 'high',
  h264constrainedhigh: 'constrained-high',
}

const CODECS: Readonly<Record<string, VideoCodec>> = {
  '': 'h264',
  'H.264': 'h264',
  HEVC: 'hevc',
  VP8: 'vp8',
  VP9: 'vp9',
}

const count = z.int().min(0).max(MAX_INT32).default(0)

const h264Profile = z
  .string()
  .default('')
  .refine((name) => name.toLowerCase() in H264_PROFILES, {
    error: 'unable to parse the H264 encoder profile: unknown VideoProfile profile name',
  })
  .transform((name) => H264_PROFILES[name.toLowerCase()] ?? 'default')

const codec = z
  .string()
  .default('')
  .refine((name) => name in CODECS, { error: 'unknown codec name' })
  .transform((name) => CODECS[name] ?? 'h264')

const gop = z
  .string()
  .default('')
  .transform((text, context) => {
    const ms = gopMs(text)
    if (ms === undefined) {
      context.addIssue('a key-frame distance is decimal seconds, 0 or more, or "intra"')
      return z.NEVER
    }
    return ms
  })

/** Keys are in lower case here: they are matched whatever their case, and unknown ones are let through (media.md §5.2). */
const profileObject = z
  .object({
    name: z.string().default(''),
    width: count,
    height: count,
    bitrate: count,
    fps: count,
    fpsden: count,
    profile: h264Profile,
    gop,
    encoder: codec,
    colordepth: z.int().default(0),
    chromaformat: z.int().min(0, 'unknown chroma format').max(2, 'unknown chroma format').default(0),
    quality: count,
  })
  .refine((profile) => profile.width > 0 || profile.height > 0, { error: 'neither width nor height is given' })

/**
 * JSON profile objects, as a file or a webhook gives them, as a ladder (media.md §5.2). Throws `LP_PROFILE_INVALID` with
 * the place and the reason, `LP_PROFILES_EMPTY` for none.
 */
export function parseJsonProfiles(value: unknown): Ladder {
  if (!Array.isArray(value)) throw invalidProfile('', 'profiles are a JSON array of objects', value)
  if (value.length === 0) throw noProfiles()
  return checkNames(value.map((entry: unknown, index) => parseOne(entry, `profiles[${index}]`)))
}

/** Names must be usable in URLs and paths, and be unique: results are kept under them (wire.md §6.3). */
export function checkNames(ladder: Ladder): Ladder {
  const seen = new Set<string>()
  for (const [index, { name }] of ladder.entries()) {
    const place = `profiles[${index}].name`
    if (!/^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(name)) {
      throw invalidProfile(place, 'a name is made of letters, digits and . _ ~ - and does not start with a dot', name)
    }
    if (name === 'source') throw invalidProfile(place, '"source" is the name of the publisher’s own picture', name)
    if (name.endsWith('live')) throw invalidProfile(place, 'a name does not end in "live"', name)
    if (seen.has(name)) throw invalidProfile(place, 'the name is used twice', name)
    seen.add(name)
  }
  return ladder
}

function parseOne(entry: unknown, place: string): Profile {
  const result = profileObject.safeParse(lowerCaseKeys(entry))
  if (!result.success) {
    const issue = result.error.issues[0]
    const path = [place, ...(issue?.path ?? [])].join('.')
    throw invalidProfile(path, issue?.message ?? 'is wrong', entry)
  }
  const { name, width, height, bitrate, fps, fpsden, profile, gop: distance, encoder, quality } = result.data
  return {
    name: name || `custom_${width}x${height}_${bitrate}`,
    width,
    height,
    bitrate,
    fps,
    fpsDen: fpsden,
    gopMs: distance,
    codec: encoder,
    h264Profile: profile,
    format: 'mpegts',
    quality,
  }
}

function lowerCaseKeys(entry: unknown): unknown {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return entry
  return Object.fromEntries(Object.entries(entry).map(([key, value]: [string, unknown]) => [key.toLowerCase(), value]))
}

function gopMs(text: string): number | undefined {
  if (text === '') return 0
  if (text === 'intra') return -1
  if (!/^\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined
  const ms = Math.round(Number(text) * 1000)
  return ms <= MAX_INT32 ? ms : undefined
}
