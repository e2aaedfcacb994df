/**
 * The media engine. Importing this loads no codec: the work is done in child processes.
 * @packageDocumentation
 */
export { generateClip, inspect, splitMedia } from './clip/clip.ts'
export type {
  ClipOptions,
  InspectedFrame,
  InspectedPacket,
  Inspection,
  SplitMedia,
  SplitOptions,
  SplitSegment,
} from './clip/types.ts'
export { parseJsonProfiles } from './profiles/json-profiles.ts'
export { DEFAULT_TRANSCODING_OPTIONS, PRESETS } from './profiles/presets.ts'
export { parseTranscodingOptions } from './profiles/transcoding-options.ts'
export { TranscodeEngine, type TranscodeEngineOptions } from './transcode/engine.ts'
export type { EngineSession } from './transcode/engine-session.ts'
export { outputSize, type Size } from './transcode/size.ts'
export { type EncoderSettings, X264_PRESETS, type X264Preset } from './transcode/types.ts'
export { PATTERN_DEFAULTS, type PatternOptions } from './pattern/options.ts'
export { PatternPublisher, type PatternPublisherParts } from './pattern/pattern.ts'
export { type Examination, PORTRAIT_SIDE } from './probe/examination.ts'
export { ProbeEngine, type ProbeEngineOptions } from './probe/engine.ts'
export { SegmentEngine, type SegmentEngineOptions } from './segment/engine.ts'
export { SEGMENT_DEFAULTS, type SegmentOptions } from './segment/options.ts'
export { measureCapacity } from './measure/capacity.ts'
export { Samples, type SamplesInit } from './measure/samples.ts'
export {
  type CapacityInit,
  type CapacityResult,
  type CapacityStep,
  type MeasuredSegment,
  REAL_TIME_RATIO,
} from './measure/types.ts'
