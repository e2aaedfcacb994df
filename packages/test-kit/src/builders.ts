import type {
  AudioInfo,
  Candidate,
  DispatchJob,
  EncodedRendition,
  JobSpec,
  Ladder,
  MediaInfo,
  MediaPacket,
  Profile,
  PublishedSegment,
  PublishRequest,
  RenditionOutcome,
  RenditionResult,
  Segment,
  SegmentReport,
  SessionView,
  SourceSegment,
  Stream,
  TranscodeJob,
  TranscodeResult,
  TranscodeSpec,
  VerifyRequest,
  VideoInfo,
  WorkerReport,
  WorkerView,
} from '@livepeer-node/sdk'
import { LivepeerError } from '@livepeer-node/sdk'

/*
 * One builder per domain type: a whole, valid value, in which a test says only what it is about. Bytes are filler that no
 * decoder takes; for real media use the media engine's `generateClip`.
 */

/** 376 bytes: two empty MPEG-TS packets. */
export function someBytes(packets = 2): Uint8Array {
  const bytes = new Uint8Array(188 * packets).fill(0xff)
  for (let at = 0; at < bytes.length; at += 188) bytes.set([0x47, 0x1f, 0xff, 0x10], at)
  return bytes
}

/** 360p at 600 kbit/s, source frame rate, H.264 in MPEG-TS. */
export function aProfile(over: Partial<Profile> = {}): Profile {
  return {
    name: '360p',
    width: 640,
    height: 360,
    bitrate: 600_000,
    fps: 0,
    fpsDen: 0,
    gopMs: 0,
    codec: 'h264',
    h264Profile: 'default',
    format: 'mpegts',
    quality: 0,
    ...over,
  }
}

/** 360p and 240p. */
export function aLadder(): Ladder {
  return [aProfile(), aProfile({ name: '240p', width: 426, height: 240, bitrate: 250_000 })]
}

export function aVideoInfo(over: Partial<VideoInfo> = {}): VideoInfo {
  return {
    codec: 'h264',
    codecString: 'avc1.64001f',
    width: 1280,
    height: 720,
    fps: { num: 30, den: 1 },
    pixelFormat: 'yuv420p',
    ...over,
  }
}

export function anAudioInfo(over: Partial<AudioInfo> = {}): AudioInfo {
  return { codec: 'aac', codecString: 'mp4a.40.2', sampleRate: 48_000, channels: 2, ...over }
}

/** Two seconds of 720p30 with stereo AAC in MPEG-TS. */
export function aMediaInfo(over: Partial<MediaInfo> = {}): MediaInfo {
  return { format: 'mpegts', durationMs: 2000, video: aVideoInfo(), audio: anAudioInfo(), ...over }
}

/** An RTMP publisher of `movie`, key `secret-key`. */
export function aPublishRequest(over: Partial<PublishRequest> = {}): PublishRequest {
  return {
    protocol: 'rtmp',
    url: 'rtmp://127.0.0.1:1935/movie/secret-key',
    playbackId: 'movie',
    streamKey: 'secret-key',
    remote: '127.0.0.1:50000',
    ...over,
  }
}

export function aStream(over: Partial<Stream> = {}): Stream {
  return { id: 'movie', protocol: 'rtmp', ladder: aLadder(), startedAt: Date.UTC(2026, 0, 1), ...over }
}

/** A video message of the RTMP publisher; its data is filler. */
export function aMediaPacket(over: Partial<MediaPacket> = {}): MediaPacket {
  return { kind: 'video', timestampMs: 0, data: Uint8Array.of(0x17, 1, 0, 0, 0), ...over }
}

/** The first segment of `movie`, 2 s. */
export function aSegment(over: Partial<Segment> = {}): Segment {
  return {
    streamId: 'movie',
    seq: 0,
    durationMs: 2000,
    bytes: someBytes(),
    format: 'mpegts',
    keyed: true,
    discontinuity: false,
    probe: aMediaInfo(),
    ...over,
  }
}

export function aTranscodeSpec(over: Partial<TranscodeSpec> = {}): TranscodeSpec {
  return { sessionId: 'session-1', ladder: aLadder(), provider: '', ...over }
}

export function aSourceSegment(over: Partial<SourceSegment> = {}): SourceSegment {
  return { seq: 0, durationMs: 2000, bytes: someBytes(), ...over }
}

export function aTranscodeJob(over: Partial<TranscodeJob> = {}): TranscodeJob {
  return { spec: aTranscodeSpec(), segment: aSourceSegment(), ...over }
}

/** What a profile of `aLadder` gives for two seconds of 30 fps. */
export function anEncodedRendition(over: Partial<EncodedRendition> = {}): EncodedRendition {
  return {
    name: '360p',
    bytes: someBytes(),
    format: 'mpegts',
    frames: 60,
    pixels: 60 * 640 * 360,
    width: 640,
    height: 360,
    ...over,
  }
}

/** A result for `ladder`, in its order, of two seconds of 720p30. */
export function aTranscodeResult(ladder: Ladder = aLadder()): TranscodeResult {
  return {
    renditions: ladder.map(({ name, width, height, format }) =>
      anEncodedRendition({ name, width, height, format, pixels: 60 * width * height }),
    ),
    decodedFrames: 60,
    decodedPixels: 60 * 1280 * 720,
    source: aMediaInfo(),
  }
}

export function aJobSpec(over: Partial<JobSpec> = {}): JobSpec {
  return { streamId: 'movie', ladder: aLadder(), capabilities: 1n, ...over }
}

export function aCandidate(over: Partial<Candidate> = {}): Candidate {
  return { uri: 'https://127.0.0.1:8935', trusted: true, origin: 'list', ...over }
}

/** A session that has not been tried. */
export function aSessionView(over: Partial<SessionView> = {}): SessionView {
  return {
    sessionId: 'session-1',
    orchestrator: 'https://127.0.0.1:8935',
    trusted: true,
    latencyScore: undefined,
    segmentsInFlight: 0,
    ...over,
  }
}

export function aRenditionResult(over: Partial<RenditionResult> = {}): RenditionResult {
  const { profile = aProfile() } = over
  return { profile, bytes: someBytes(), pixels: 60 * profile.width * profile.height, ...over }
}

export function aVerifyRequest(over: Partial<VerifyRequest> = {}): VerifyRequest {
  return {
    segment: aSegment(),
    source: aMediaInfo(),
    orchestrator: 'https://127.0.0.1:8935',
    renditions: aLadder().map((profile) => aRenditionResult({ profile })),
    ...over,
  }
}

/** One playable rendition; `undefined` is the source. */
export function aRendition(profile?: Profile): RenditionOutcome {
  return { ok: true, name: profile?.name ?? 'source', profile, bytes: someBytes(), format: profile?.format ?? 'mpegts' }
}

/** The word that this rendition could not be made. */
export function aMissingRendition(profile: Profile = aProfile()): RenditionOutcome {
  const error = new LivepeerError({ code: 'LP_NO_ORCHESTRATOR', kind: 'peer', message: 'No orchestrator made it.' })
  return { ok: false, name: profile.name, profile, error }
}

/** The first segment of `movie` with its source and every rung of `aLadder`. */
export function aPublishedSegment(over: Partial<PublishedSegment> = {}): PublishedSegment {
  return {
    streamId: 'movie',
    seq: 0,
    durationMs: 2000,
    discontinuity: false,
    source: aMediaInfo(),
    renditions: [aRendition(), ...aLadder().map((profile) => aRendition(profile))],
    ...over,
  }
}

export function aSegmentReport(over: Partial<SegmentReport> = {}): SegmentReport {
  return {
    streamId: 'movie',
    seq: 0,
    durationMs: 2000,
    sourceBytes: 376,
    latencyMs: 400,
    attempts: [{ orchestrator: 'https://127.0.0.1:8935', ms: 350, error: undefined }],
    missing: [],
    ...over,
  }
}

/** A transcoder that was not measured yet and has no session. */
export function aWorkerView(over: Partial<WorkerView> = {}): WorkerView {
  return {
    id: 'worker-1',
    name: 'berlin-1',
    address: '127.0.0.1:50000',
    capacity: 4,
    sessions: 0,
    jobs: 0,
    pixelsPerMs: undefined,
    predictedMs: 400,
    late: false,
    ...over,
  }
}

/** The first segment of a session. */
export function aDispatchJob(over: Partial<DispatchJob> = {}): DispatchJob {
  const about = { sessionId: 'session-1', streamId: 'movie', seq: 0, durationMs: 2000, ladder: aLadder() }
  return { ...about, pixels: 1_000_000, reason: 'new', ...over }
}

/** A segment that was delivered and used. */
export function aWorkerReport(over: Partial<WorkerReport> = {}): WorkerReport {
  const about = { sessionId: 'session-1', streamId: 'movie', seq: 0, durationMs: 2000 }
  return { workerId: 'worker-1', worker: 'berlin-1', ...about, elapsedMs: 400, pixels: 1_000_000, ...over }
}
