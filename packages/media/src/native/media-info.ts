import type { AudioInfo, MediaInfo, SegmentFormat, VideoInfo } from '@livepeer-node/sdk'
import { AV_PIX_FMT_NONE } from 'node-av/constants'
import { avGetPixFmtName } from 'node-av/lib'
import { isFragmented } from './mp4-boxes.ts'
import type { Demuxer, InputStream } from './demuxer.ts'

/** What an opened input holds. FLV and Matroska, which no segment is made of, are reported as `mpegts`. */
export function describeInput(demuxer: Demuxer, bytes: Uint8Array): MediaInfo {
  return {
    format: segmentFormat(demuxer.container, bytes),
    durationMs: demuxer.durationMs,
    video: demuxer.video && hasPictures(demuxer.video) ? videoInfo(demuxer.video) : undefined,
    audio: demuxer.audio && audioInfo(demuxer.audio),
  }
}

/** False for a video stream that is announced and never comes. */
export function hasPictures({ parameters }: InputStream): boolean {
  return parameters.height > 0 || parameters.format !== AV_PIX_FMT_NONE
}

function segmentFormat(container: string, bytes: Uint8Array): SegmentFormat {
  if (!container.split(',').includes('mp4')) return 'mpegts'
  return isFragmented(bytes) ? 'fmp4' : 'mp4'
}

function videoInfo({ parameters, codec, frameRate }: InputStream): VideoInfo {
  return {
    codec,
    codecString: parameters.getCodecString() ?? '',
    width: parameters.width,
    height: parameters.height,
    fps: { num: frameRate.num, den: frameRate.den },
    pixelFormat: avGetPixFmtName(parameters.format as Parameters<typeof avGetPixFmtName>[0]) ?? '',
  }
}

function audioInfo({ parameters, codec }: InputStream): AudioInfo {
  return {
    codec,
    codecString: parameters.getCodecString() ?? '',
    sampleRate: parameters.sampleRate,
    channels: parameters.channels,
  }
}
