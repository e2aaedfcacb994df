import { isLivepeerError, LivepeerError } from '@livepeer-node/sdk'

export function noBackends(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_BACKEND',
    kind: 'config',
    message: 'No plugin of this config can transcode.',
    remedy: 'Add plugin-cpu-x264 or plugin-nvenc to the config file, or measure in a folder without one.',
  })
}

/** All that there are have as many sessions as they take: the search ends there. */
export function noBackendLeft(): LivepeerError {
  return new LivepeerError({
    code: 'LP_NO_BACKEND',
    kind: 'limit',
    message: 'No backend takes one more session of this ladder.',
    remedy: 'Raise `slots` (plugin-cpu-x264) or `sessionsPerCard` (plugin-nvenc), or use another ladder.',
  })
}

/** The input cannot be measured with; the cause says why. */
export function badInput(file: string, cause: unknown): LivepeerError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LivepeerError({
    code: 'LP_BENCH_INPUT',
    kind: 'config',
    message: `${file} cannot be measured with: ${why}`,
    remedy:
      isLivepeerError(cause) && cause.remedy ? cause.remedy : 'Give a media file or a local .m3u8 that can be read.',
    observed: file,
    cause,
  })
}

export function badNumber(flag: string, observed: string, want: string): LivepeerError {
  return new LivepeerError({
    code: 'LP_BENCH_FLAG',
    kind: 'config',
    message: `--${flag} ${observed} is not ${want}.`,
    remedy: `Give --${flag} ${want}.`,
    observed,
  })
}

/** The table of a measurement cannot be written. */
export function csvFailed(file: string, cause: unknown): LivepeerError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new LivepeerError({
    code: 'LP_BENCH_CSV',
    kind: 'environment',
    message: `${file} cannot be written: ${why}`,
    remedy: 'Give --csv a file in a folder that exists and has room.',
    observed: file,
    cause,
  })
}
