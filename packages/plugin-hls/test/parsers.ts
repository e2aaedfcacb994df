import { parse, setOptions } from 'hls-parser'
import { Parser } from 'm3u8-parser'
import { expect } from 'vitest'

setOptions({ strictMode: true, silent: true })

export interface ParsedSegment {
  readonly uri: string
  readonly duration: number
  readonly gap: boolean
  readonly discontinuity: boolean
  readonly seq: number
  readonly discontinuitySequence: number
  readonly dateMs: number
  readonly map: string | undefined
}

export interface ParsedMedia {
  readonly targetDuration: number
  readonly mediaSequence: number
  readonly discontinuitySequence: number
  readonly ended: boolean
  readonly segments: readonly ParsedSegment[]
}

/** Reads a media playlist with two parsers, one of them strict, and checks what RFC 8216 asks of any such playlist. */
export function readMedia(text: string): ParsedMedia {
  const media = parse(text)
  if (media.isMasterPlaylist) throw new Error('a master playlist where a media playlist was due')
  const loose = m3u8(text)
  expect(loose.segments.length).toBe(media.segments.length)
  expect(loose.targetDuration).toBe(media.targetDuration)
  expect(loose.mediaSequence).toBe(media.mediaSequenceBase)
  for (const segment of media.segments) expect(Math.round(segment.duration)).toBeLessThanOrEqual(media.targetDuration)
  return {
    targetDuration: media.targetDuration,
    mediaSequence: media.mediaSequenceBase ?? 0,
    discontinuitySequence: media.discontinuitySequenceBase ?? 0,
    ended: media.endlist,
    segments: media.segments.map((segment) => ({
      uri: segment.uri,
      duration: segment.duration,
      gap: Boolean(segment.gap),
      discontinuity: Boolean(segment.discontinuity),
      seq: segment.mediaSequenceNumber,
      discontinuitySequence: segment.discontinuitySequence,
      dateMs: segment.programDateTime?.getTime() ?? Number.NaN,
      map: segment.map?.uri,
    })),
  }
}

export interface ParsedVariant {
  readonly uri: string
  readonly bandwidth: number
  readonly averageBandwidth: number | undefined
  readonly codecs: string | undefined
  readonly resolution: string | undefined
  readonly frameRate: number | undefined
}

export function readMaster(text: string): readonly ParsedVariant[] {
  const master = parse(text)
  if (!master.isMasterPlaylist) throw new Error('a media playlist where a master playlist was due')
  expect(m3u8(text).playlists?.map((playlist) => playlist.uri)).toEqual(master.variants.map((variant) => variant.uri))
  return master.variants.map((variant) => ({
    uri: variant.uri,
    bandwidth: variant.bandwidth,
    averageBandwidth: variant.averageBandwidth,
    codecs: variant.codecs,
    resolution: variant.resolution && `${variant.resolution.width}x${variant.resolution.height}`,
    frameRate: variant.frameRate,
  }))
}

function m3u8(text: string): Parser['manifest'] {
  const parser = new Parser()
  const complaints: string[] = []
  parser.on('warn', (event: { message: string }) => complaints.push(event.message))
  parser.push(text)
  parser.end()
  expect(complaints).toEqual([])
  return parser.manifest
}
